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
            $current = (Get-OBAgent).Settings
            $current.SetPassphrase($plain, $SecurityPIN.Trim())
            , $current
        }
        if ($null -eq $settings) {
            return
        }
        if ($PassphraseSaveLocation) {
            $name = 'OnlineBackup_{0}_{1}.txt' -f $settings.VaultName, $env:COMPUTERNAME
            $path = Join-Path $PassphraseSaveLocation $name
            [System.IO.File]::WriteAllText($path, $plain)
        }
        'Server properties updated successfully.'
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
    $settings = Invoke-OBAgent $PSCmdlet -Call { (Get-OBAgent).Settings }
    if ($null -ne $settings) {
        $result = [OBMachineSetting]::new()
        $status = if ($settings.PassphraseSet) { 'Set' } else { 'NotSet' }
        $result.EncryptionSetting = [pscustomobject] @{ EncryptionKeyStatus = $status }
        $result.ProxySetting = [pscustomobject] @{ Enabled = $false; ProxyServer = ''; ProxyPort = 0 }
        $result
    }
}
