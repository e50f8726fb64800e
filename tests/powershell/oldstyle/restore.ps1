# Restores a folder and one file of the newest recovery point to elsewhere. Exit code 0, or the step that failed.
param([string]$Module, [string]$Folder, [string]$File, [string]$To)
Set-StrictMode -Off
$ErrorActionPreference = 'Continue'
$Error.Clear()
Import-Module $Module

$Source = @(Get-OBRecoverableSource | Where-Object { $_.FriendlyName -like 'C*' })
if ($Error[0] -or -not $Source) { exit 1 }
$Rps = @(Get-OBRecoverableItem $Source[0])
if ($Error[0] -or -not $Rps) { exit 2 }
if ($Rps[0].PointInTime.ToLocalTime() -ne $Rps[0].RecoveryPointLocalTime) { exit 3 }
if ($Rps[0].ItemSize -or $Rps[0].ItemLastModifiedTime -or $Rps[0].ServerName -ne $env:COMPUTERNAME) { exit 3 }
$policy = Get-OBPolicy
$names = @{}
foreach ($ds in $policy.DsList) { $names[$ds.DataSourceId] = $ds.DataSourceName }
if ($names[$Rps[0].RecoverySourceId] -ne $Source[0].RecoverySourceName) { exit 4 }

$top = @(Get-OBRecoverableItem $Rps[0])
if ($Error[0] -or -not $top[0].IsDir) { exit 5 }
$item1 = New-OBRecoverableItem $Rps[0] $Folder.Substring(3) $TRUE
$item2 = New-OBRecoverableItem -OBRecoverableItem $Rps[0] -RelativePath $File.Substring(3) -IsDir 0
if ($item1.ItemNameGuid -or -not $item2.IsExists) { exit 6 }

$option = New-OBRecoveryOption -DestinationPath $To -OverwriteType Overwrite
Start-OBRecovery -RecoverableItem @($item1, $item2) -RecoveryOption $option -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 7 }
$job = (Get-OBJob -Previous 1)
if ($job.JobType -ne 'Recovery' -or $job.JobStatus.JobState -ne 'Completed') { exit 8 }
Start-OBRecovery $Rps[-1] -RecoveryOption (New-OBRecoveryOption "$To\whole" Skip) -Async -ErrorAction SilentlyContinue | Out-Null
if ($Error[0]) { Write-Host $Error[0].Exception.Message; exit 9 }
while ($running = Get-OBJob) {
    Start-Sleep -Milliseconds 200
}
if ((Get-OBJob -Previous 1 | Select-Object -ExpandProperty JobStatus).JobState -ne 'Completed') { exit 10 }
exit 0
