# Waiting for a job with progress, the same for backup and recovery.

function Format-OBSize {
    param([double] $Bytes)
    foreach ($unit in 'B', 'KiB', 'MiB', 'GiB') {
        if ($Bytes -lt 1024) {
            return [string]::Format([cultureinfo]::InvariantCulture, '{0:0.#} {1}', $Bytes, $unit)
        }
        $Bytes /= 1024
    }
    return [string]::Format([cultureinfo]::InvariantCulture, '{0:0.#} TiB', $Bytes)
}

function Write-OBJobProgress {
    param([object] $Job, [string] $Activity)
    $total = $Job.BytesTotal
    # Before that state the amount is not known yet; -1 shows no bar.
    $known = $Job.StateName -eq 'InProgress'
    $percent = if (-not $known) { -1 } elseif ($total -gt 0) { [int] [math]::Min(100, 100 * $Job.BytesDone / $total) } else { 0 }
    $arguments = @{
        Activity         = $Activity
        Status           = '{0} of {1}, {2} files, {3}/s' -f (Format-OBSize $Job.BytesDone),
        (Format-OBSize $total), $Job.FilesDone, (Format-OBSize $Job.BytesPerSecond)
        CurrentOperation = $Job.Current
        PercentComplete  = $percent
    }
    if ($Job.SecondsLeft -ge 0) {
        $arguments.SecondsRemaining = [int] [math]::Min($Job.SecondsLeft, [int]::MaxValue)
    }
    Write-Progress @arguments
}

function Wait-OBComJob {
    param([object] $Job, [string] $Activity, [string] $Kind)
    $said = ''
    Write-Host 'Initializing'
    while (-not $Job.Ended) {
        if ($Job.StateName -eq 'InProgress') {
            $line = if ($Kind -eq 'backup') { 'Data transfer is in progress...' } else { 'In progress...' }
            if ($said -ne $line) {
                Write-Host $line
                $said = $line
            }
        }
        Write-OBJobProgress $Job $Activity
        [void] $Job.Refresh(1000)
    }
    Write-Progress -Activity $Activity -Completed
    switch ($Job.StateName) {
        'Completed' { Write-Host "Job completed.`nThe $Kind operation completed successfully." }
        'CompletedWithWarning' { Write-Host "Job completed.`nThe $Kind operation completed with warnings." }
        'Aborted' { Write-Host "The $Kind operation was cancelled." }
        default { Write-Host "The $Kind operation failed." }
    }
}

# Waits unless asked not to, writes the job, and an error if it failed.
function Complete-OBJob {
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [object] $Job,
        [string] $Kind,
        [string] $Activity,
        [bool] $Async
    )
    if (-not $Async) {
        Wait-OBComJob $Job $Activity $Kind
    }
    ConvertTo-OBJobObject $Job
    if (-not $Async -and $Job.StateName -eq 'Failed') {
        Write-OBStatus $Cmdlet $Job.Status $Job.Id
    }
}
