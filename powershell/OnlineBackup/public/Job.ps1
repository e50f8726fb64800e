function Start-OBBackup {
    <#
    .SYNOPSIS
    Backs up now.
    .DESCRIPTION
    Starts a backup of a policy and waits for it with progress. The backup goes on in the agent when
    the waiting is interrupted.
    .PARAMETER Policy
    The policy, as stored by Set-OBPolicy.
    .PARAMETER Name
    The name of the policy.
    .PARAMETER Volumes
    Only these volumes of the policy, as letters with or without a colon.
    .PARAMETER Async
    Return the running job at once.
    .EXAMPLE
    Get-OBPolicy | Start-OBBackup
    .EXAMPLE
    Get-OBPolicy | Start-OBBackup -Volumes C, D -Async
    .OUTPUTS
    OBJob
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium', DefaultParameterSetName = 'PolicyObject')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ParameterSetName = 'PolicyObject')]
        [AllowNull()]
        [OBPolicy] $Policy,

        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'PolicyName')]
        [string] $Name,

        [Parameter(Position = 1)]
        [switch] $Async,

        [Parameter(Position = 2)]
        [string[]] $Volumes
    )
    begin {
        Import-OBPreference $PSCmdlet
        $given = -not $PSCmdlet.MyInvocation.ExpectingInput
    }
    process {
        $given = $true
        $policyName = $Name
        if ($PSCmdlet.ParameterSetName -eq 'PolicyObject') {
            if (-not (Test-OBStoredPolicy $PSCmdlet $Policy)) {
                return
            }
            $policyName = $Policy.PolicyName
        }
        if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Back up')) {
            return
        }
        $sources = @(foreach ($volume in $Volumes | Where-Object { $_ }) {
                if ($volume -match '^[A-Za-z]$') { Get-OBVolumeName "${volume}:" } else { Get-OBVolumeName $volume }
            })
        $job = Invoke-OBAgent $PSCmdlet -Target $policyName -Call {
            if ($sources.Count) {
                (Get-OBAgent).StartBackup($policyName, [string[]] $sources)
            }
            else {
                (Get-OBAgent).StartBackup($policyName)
            }
        }
        if ($null -ne $job) {
            Invoke-OBAgent $PSCmdlet -Target $policyName -Call {
                Complete-OBJob $PSCmdlet $job 'backup' 'Online Backup' $Async.IsPresent
            }
        }
    }
    end {
        if (-not $given) {
            [void] (Test-OBStoredPolicy $PSCmdlet $null)
        }
    }
}

function Get-OBJob {
    <#
    .SYNOPSIS
    Gets jobs.
    .DESCRIPTION
    Without a parameter, the running job or nothing. With -Previous, the last jobs that have ended,
    oldest first.
    .PARAMETER Previous
    How many of the last jobs.
    .PARAMETER Status
    Only those that ended this way.
    .EXAMPLE
    Get-OBJob
    .EXAMPLE
    (Get-OBJob -Previous 1).JobStatus.JobState
    .OUTPUTS
    OBJob
    #>
    [CmdletBinding(DefaultParameterSetName = 'CurrentJob')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'PreviousJob')]
        [uint32] $Previous,

        [Parameter(Position = 1, ParameterSetName = 'PreviousJob')]
        [OBJobStatusFilter] $Status = [OBJobStatusFilter]::All
    )
    Import-OBPreference $PSCmdlet
    $running = $PSCmdlet.ParameterSetName -eq 'CurrentJob'
    if (-not $running -and $Previous -eq 0) {
        return
    }
    # The agent's filters: 1 running, 2 ended, 3 ended well, 4 failed.
    $filter = if ($running) { 1 } elseif ($Status -eq 'Successful') { 3 } elseif ($Status -eq 'Failed') { 4 } else { 2 }
    $most = if ($running) { 0 } else { [int] [math]::Min($Previous, [int]::MaxValue) }
    $jobs = @(Invoke-OBAgent $PSCmdlet -Call {
            foreach ($job in (Get-OBAgent).Jobs($filter, $most)) {
                ConvertTo-OBJobObject $job
            }
        })
    # The agent lists the newest first, scripts count on the oldest first.
    [array]::Reverse($jobs)
    $jobs
}

function Stop-OBJob {
    <#
    .SYNOPSIS
    Stops a running job.
    .DESCRIPTION
    Asks the agent to stop a job. What a backup has uploaded is used by the next one.
    .PARAMETER Job
    The job.
    .EXAMPLE
    Get-OBJob | Stop-OBJob -Confirm:$false
    .OUTPUTS
    OBJob
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBJob] $Job
    )
    begin {
        Import-OBPreference $PSCmdlet
    }
    process {
        if ($PSCmdlet.ShouldProcess($Job.JobId, 'Stop the job')) {
            Invoke-OBAgent $PSCmdlet -Target $Job -Call {
                $running = (Get-OBAgent).GetJob([string] $Job.JobId)
                $running.Cancel()
                [void] $running.Wait(10000)
                ConvertTo-OBJobObject $running
            }
        }
    }
}
