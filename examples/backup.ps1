# Registers this machine, stores a policy, backs up and restores, by the cmdlets of the module.
#
#   ./backup.ps1 -VaultCredentials FILE -PassphraseFile FILE -Folder C:\data -Destination C:\restored
#
# Each cmdlet writes an error with the agent's code and its advice; -ErrorAction Stop makes it end
# the script.
param(
    [Parameter(Mandatory)] [string] $VaultCredentials,
    [Parameter(Mandatory)] [string] $PassphraseFile,
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $Destination,
    [string[]] $Excluded = @()
)
$ErrorActionPreference = 'Stop'
Import-Module OnlineBackup

if ((Get-OBMachineSetting).EncryptionSetting.EncryptionKeyStatus -ne 'Set') {
    $null = Start-OBRegistration -VaultCredentials $VaultCredentials -Confirm:$false
    $passphrase = ConvertTo-SecureString (Get-Content -LiteralPath $PassphraseFile -TotalCount 1) -AsPlainText -Force
    $null = Set-OBMachineSetting -EncryptionPassphrase $passphrase -Confirm:$false
}

$policy = New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec $Folder)
foreach ($path in $Excluded) {
    $policy = $policy | Add-OBFileSpec -FileSpec (New-OBFileSpec $path -Exclude)
}
$null = $policy | Set-OBPolicy -Confirm:$false

$job = Get-OBPolicy | Start-OBBackup
"backup: $($job.JobStatus.JobState)"
foreach ($warning in $job.Warning) {
    "  $($warning.kind): $($warning.count)"
}

# The newest point of the volume, and in it the folder: by its path, so that nothing is browsed.
$source = Get-OBRecoverableSource | Where-Object { $_.RecoverySourceName -eq [IO.Path]::GetPathRoot($Folder) }
$point = $source | Get-OBRecoverableItem | Select-Object -First 1
"newest point: $($point.PointInTime.ToString('u'))"
$item = New-OBRecoverableItem $point $Folder.Substring($source.RecoverySourceName.Length) $true
$job = Start-OBRecovery $item (New-OBRecoveryOption -DestinationPath $Destination)
"recovery: $($job.JobStatus.JobState)"
