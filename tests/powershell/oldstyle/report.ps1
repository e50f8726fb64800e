# What a monitoring system asks: 0 fine, 1 warning, 2 critical, with one line of text.
param([string]$Module, [int]$MaxHours = 24)
Set-StrictMode -Version 5.0
$ErrorActionPreference = 'Stop'
trap {
    Write-Output "CRITICAL: $($_.Exception.Message)"
    exit 2
}
Import-Module $Module

$policy = Get-OBPolicy
if ($null -eq $policy) { Write-Output 'CRITICAL: no policy'; exit 2 }
if ($policy.PolicyState.ToString() -eq 'Paused') { Write-Output 'WARNING: paused'; exit 1 }
if ($null -ne $policy.BackupSchedule -or $null -ne $policy.RetentionPolicy) { throw 'not served yet' }

$encrypted = (Get-OBMachineSetting | Select-Object -ExpandProperty EncryptionSetting).EncryptionKeyStatus -eq 'Set'
$machine = Get-OBMachineSetting
if (-not $encrypted -or $machine.ProxySetting.Enabled -or $machine.ProxySetting.ProxyServer -ne '' -or $machine.ProxySetting.ProxyPort -ne 0) {
    Write-Output 'WARNING: settings'
    exit 1
}

$currentjob = Get-OBJob
$jobs = @()
$jobs += Get-OBJob -Previous 200 -Status All
if ($jobs -contains $currentjob -and $currentjob) { Write-Output 'CRITICAL: a running job has ended'; exit 2 }
$last = @{}
for ($i = $jobs.Length - 1; $i -ge 0; $i--) {
    if ($jobs[$i].JobType.ToString() -ne 'Backup') { continue }
    $status = $jobs[$i].JobStatus
    for ($j = 0; $j -lt $status.DatasourceStatus.Length; $j++) {
        $step = $status.DatasourceStatus[$j]
        $id = $step.Datasource.DataSourceId
        if ($last.ContainsKey($id)) { continue }
        $last[$id] = $jobs[$i]
        $megabytes = $step.byteprogress.Progress / 1024 / 1024
        $line = '{0} {1} {2:n1} MB, {3} of {4} files changed, {5}' -f $jobs[$i].JobId, $step.datasource.datasourcename,
            $megabytes, $step.fileprogress.Changed, $step.fileprogress.total, $step.jobstate
        foreach ($parameter in $step.errorinfo.ErrorParamList) { $line += " $($parameter.Name)=$($parameter.Value)" }
        if ([char]::IsLetter($step.DriveLetter)) { throw 'nothing is mounted' }
        Write-Output $line
    }
}
foreach ($ds in $policy.DsList) {
    if (-not $last.ContainsKey($ds.DataSourceId)) { Write-Output "CRITICAL: $($ds.DataSourceName) has no backup"; exit 2 }
    if ($ds.WriterId -or $ds.ApplicationId) { throw 'no application' }
}
(Get-OBJob -Previous 1).JobStatus | Sort-Object StartTime | Where-Object { $_.StartTime -gt [DateTime]::UtcNow.AddHours(-$MaxHours) } |
    ForEach-Object { Write-Output ('last job took {0}' -f (New-TimeSpan -Start $_.StartTime -End $_.EndTime)) }

$lastRec = Get-OBAllRecoveryPoints | Sort-Object BackupTime -Descending | Select-Object -First 1
if (([DateTime]::Now - $lastRec.BackupTime).TotalHours -gt $MaxHours) { Write-Output 'CRITICAL: too old'; exit 2 }
if (-not (Get-OBAllRecoveryPoints | Where-Object { $_.DataSources -like "*$($policy.DsList[0].DataSourceName)*" })) { exit 2 }
if (Get-OBAllRecoveryPoints | Where-Object { $_.DataSources -eq 'System State' }) { exit 2 }
($policy | Get-OBFileSpec) | ConvertTo-Json -Depth 4 | ConvertFrom-Json | ForEach-Object { Write-Output "$($_.FileSpec) $($_.FileName) $($_.IsExclude)" }
Write-Output 'OK'
exit 0
