# Protects a folder: vault, passphrase, policy, first backup. Exit code 0, or the step that failed.
param([string]$Module, [string]$CredentialFile, [string]$Passphrase, [string[]]$Include, [string[]]$Exclude)
Set-StrictMode -Off
$ErrorActionPreference = 'Continue'
$Error.Clear()

Import-Module $Module
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 1 }

Start-OBRegistration -VaultCredentials $CredentialFile -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 2 }

ConvertTo-SecureString -String $Passphrase -AsPlainText -Force | Set-OBMachineSetting -SecurityPin " " -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 3 }

$oldpo = Get-OBPolicy -ErrorAction SilentlyContinue
if ($oldpo) {
    $ans = Remove-OBPolicy -Policy $oldpo -Confirm:$false -ErrorAction SilentlyContinue
    if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 4 }
    if (-not $ans) { exit 4 }
}

($newpo = New-OBPolicy -ErrorAction Stop) | Out-Null
$inclusions = New-OBFileSpec -FileSPec ($Include + $null)
Add-OBFileSpec -Policy $newpo -FileSpec $inclusions -Confirm:$false | Out-Null
foreach ($path in $Exclude) {
    New-OBFileSpec $path -Exclude | Add-OBFileSpec $newpo | Out-Null
}
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 5 }

Set-OBPolicy $newpo -SecurityPIN "" -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 6 }

Get-OBPolicy | Where-Object { $_.State -eq 'Existing' } | Start-OBBackup -Confirm:$false | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 7 }

$job = Get-OBJob -Previous 1
if ($job.JobStatus.JobState -notlike 'Completed*') { exit 8 }
if ($job.JobStatus.ErrorInfo.ErrorCode -ne 0) { exit 9 }
exit 0
