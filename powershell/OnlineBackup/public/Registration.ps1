function Start-OBRegistration {
    <#
    .SYNOPSIS
    Registers this computer with a backup vault.
    .DESCRIPTION
    Registers this computer with the vault that a vault credentials file names. Registering again
    with the same vault keeps the computer's backups.
    .PARAMETER VaultCredentials
    Path of the vault credentials file (*.VaultCredentials). A file is valid for 48 hours,
    and only the newest download is.
    .EXAMPLE
    Start-OBRegistration -VaultCredentials C:\Temp\vault.VaultCredentials -Confirm:$false
    .OUTPUTS
    An object with CertThumbprint, SubscriptionID, ServiceResourceName and Region.
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [string] $VaultCredentials
    )
    begin {
        Import-OBPreference $PSCmdlet
    }
    process {
        if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Register with the vault')) {
            return
        }
        $registration = Invoke-OBAgent $PSCmdlet -Target $VaultCredentials -Call {
            # The system's current folder is not PowerShell's.
            $path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($VaultCredentials)
            (Get-OBAgent).Register($path)
        }
        if ($null -ne $registration) {
            [pscustomobject] @{
                PSTypeName          = 'OnlineBackup.Registration'
                CertThumbprint      = $registration.Thumbprint
                SubscriptionID      = $registration.VaultId
                ServiceResourceName = $registration.VaultName
                Region              = $registration.Region
            }
            Write-Host 'Machine registration succeeded.'
        }
    }
}
