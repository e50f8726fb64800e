function Set-OBMachineSetting {
    <#
    .SYNOPSIS
    Sets the encryption passphrase of this computer's backups.
    .DESCRIPTION
    Sets the passphrase, at least 16 characters, that backups are encrypted with. Setting another one
    keeps all backups readable with it. Without the passphrase nobody can restore: keep it elsewhere.
    .PARAMETER EncryptionPassphrase
    The passphrase.
    .PARAMETER SecurityPIN
    PIN of the vault for critical changes; blank means none.
    .PARAMETER PassphraseSaveLocation
    An existing folder. The passphrase is written there into a text file named after the vault and the
    computer.
    .EXAMPLE
    ConvertTo-SecureString 'correct horse battery staple' -AsPlainText -Force | Set-OBMachineSetting
    .EXAMPLE
    Set-OBMachineSetting -EncryptionPassphrase $passphrase -PassphraseSaveLocation E:\keys
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium', DefaultParameterSetName = 'Encryption')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ParameterSetName = 'Encryption')]
        [System.Security.SecureString] $EncryptionPassphrase,

        [Parameter(ParameterSetName = 'Encryption')]
        [AllowEmptyString()]
        [string] $SecurityPIN = '',

        [Parameter(ParameterSetName = 'Encryption')]
        [string] $PassphraseSaveLocation
    )
    begin {
        Import-OBPreference $PSCmdlet
    }
    process {
        if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Set the encryption passphrase')) {
            return
        }
        if ($PassphraseSaveLocation -and -not (Test-Path -LiteralPath $PassphraseSaveLocation -PathType Container)) {
            Write-OBError $PSCmdlet 'PassphraseSaveLocationNotFound' `
                "The folder '$PassphraseSaveLocation' for the passphrase does not exist; nothing was changed." `
                'ObjectNotFound' $PassphraseSaveLocation
            return
        }
        $plain = ConvertFrom-OBSecret $EncryptionPassphrase
        $settings = Invoke-OBAgent $PSCmdlet -Call {
            $current = (Get-OBAgent).Settings()
            $current.SetPassphrase($plain, $SecurityPIN.Trim())
            , $current
        }
        if ($null -eq $settings) {
            return
        }
        if ($PassphraseSaveLocation) {
            Save-OBPassphrase $PSCmdlet $plain $PassphraseSaveLocation $settings.VaultName
        }
        'Server properties updated successfully.'
    }
}

# Writes the text file that an administrator puts into a safe.
function Save-OBPassphrase {
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Plain, [string] $Folder, [string] $Vault)
    foreach ($character in [System.IO.Path]::GetInvalidFileNameChars()) {
        $Vault = $Vault.Replace($character, [char] '_')
    }
    try {
        $path = Join-Path $Cmdlet.GetUnresolvedProviderPathFromPSPath($Folder) "OnlineBackup_${Vault}_$env:COMPUTERNAME.txt"
        [System.IO.File]::WriteAllText($path, $Plain)
    }
    catch {
        $reason = (Get-OBInnerException $_.Exception).Message
        Clear-OBHandledError
        Write-OBError $Cmdlet 'PassphraseNotSaved' "The passphrase is set, but it could not be saved in '$Folder': $reason" `
            'WriteError' $Folder
    }
}

function Get-OBMachineSetting {
    <#
    .SYNOPSIS
    Gets the settings of this computer.
    .DESCRIPTION
    Gets the settings of this computer's agent. The passphrase itself is never shown.
    .EXAMPLE
    (Get-OBMachineSetting).EncryptionSetting.EncryptionKeyStatus
    .OUTPUTS
    OBMachineSetting
    #>
    [CmdletBinding()]
    param()
    Import-OBPreference $PSCmdlet
    $settings = Invoke-OBAgent $PSCmdlet -Call { (Get-OBAgent).Settings() }
    if ($null -ne $settings) {
        $result = [OBMachineSetting]::new()
        $status = if ($settings.PassphraseSet) { 'Set' } else { 'NotSet' }
        $result.EncryptionSetting = [pscustomobject] @{ EncryptionKeyStatus = $status }
        $result.ProxySetting = [pscustomobject] @{ Enabled = $false; ProxyServer = ''; ProxyPort = 0 }
        $result
    }
}
