# The one place where the module reaches an agent, and where a COM error becomes an error record.

$script:Agent = $null

function Get-OBAgent {
    # The library connects by itself at the first call, so that a cmdlet's error is that call's.
    if ($null -eq $script:Agent) {
        try {
            $script:Agent = New-Object -ComObject OnlineBackup.Agent
        }
        catch {
            Clear-OBHandledError
            $reason = 'The COM library of Online Backup cannot be loaded: it is not registered on this ' +
                'computer, or this is a 32-bit host. Install the agent (regsvr32 obcom.dll registers ' +
                'the library); from a 32-bit host start ' +
                '%windir%\sysnative\WindowsPowerShell\v1.0\powershell.exe instead.'
            throw (New-Object System.InvalidOperationException($reason, $_.Exception))
        }
    }
    return , $script:Agent
}

# The preferences that a cmdlet of a binary module would take from whoever calls it, and the
# parameters that go before them.
$script:Preference = @{
    ErrorActionPreference = 'ErrorAction'
    WhatIfPreference      = 'WhatIf'
    ConfirmPreference     = 'Confirm'
    ProgressPreference    = 'ProgressAction'
}

# Gives them to the function that calls this: one of a script module sees the global preferences only,
# not those that a script has set for itself.
function Import-OBPreference {
    param([System.Management.Automation.PSCmdlet] $Cmdlet)
    foreach ($name in $script:Preference.Keys) {
        if (-not $Cmdlet.MyInvocation.BoundParameters.ContainsKey($script:Preference[$name])) {
            $value = $Cmdlet.SessionState.PSVariable.GetValue($name)
            Set-Variable -Scope 1 -Name $name -Value $value -WhatIf:$false -Confirm:$false
        }
    }
}

# An exception that was caught stands in $Error all the same; scripts look there after each cmdlet.
function Clear-OBHandledError {
    if ($global:Error.Count -gt 0) {
        $global:Error.RemoveAt(0)
    }
}

# The agent's error behind a PowerShell exception.
function Get-OBInnerException {
    param([System.Exception] $Exception)
    $inner = $Exception
    while ($inner -isnot [System.Runtime.InteropServices.COMException] -and $null -ne $inner.InnerException) {
        $inner = $inner.InnerException
    }
    return $inner
}

function Get-OBErrorCategory {
    param([int] $HResult)
    switch ('{0:X8}' -f $HResult) {
        '80070005' { return 'PermissionDenied' }
        '80070057' { return 'InvalidArgument' }
        '80070490' { return 'ObjectNotFound' }
        '800700B7' { return 'ResourceExists' }
        '800700AA' { return 'ResourceBusy' }
        '800704C7' { return 'OperationStopped' }
        '800705B4' { return 'OperationTimeout' }
        '80070070' { return 'WriteError' }
        '8007001D' { return 'ReadError' }
        '80040200' { return 'InvalidData' }
        '80040201' { return 'SecurityError' }
        '80040203' { return 'ParserError' }
        '80040210' { return 'NotInstalled' }
        '80040212' { return 'AuthenticationError' }
        '80040213' { return 'AuthenticationError' }
        '80040214' { return 'AuthenticationError' }
        '80040215' { return 'ConnectionError' }
        '80040218' { return 'AuthenticationError' }
        '80040219' { return 'ObjectNotFound' }
        '8004021B' { return 'ResourceBusy' }
        '80040221' { return 'ConnectionError' }
        default { return 'NotSpecified' }
    }
}

# Writes the record of an exception in the calling cmdlet: an ordinary error, which obeys -ErrorAction.
function Write-OBException {
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [System.Exception] $Exception,
        [object] $Target
    )
    $cause = Get-OBInnerException $Exception
    $id = '{0:X8}' -f $cause.HResult
    $advice = ''
    if ($cause -is [System.Runtime.InteropServices.COMException] -or
        $cause -is [System.UnauthorizedAccessException] -or $cause -is [System.ArgumentException]) {
        try {
            $text = (Get-OBAgent).DescribeError($cause.HResult)
            $id = $text.Symbol
            $advice = $text.Advice
        }
        catch {
            # The agent cannot be asked; the code names the error well enough.
            Clear-OBHandledError
        }
    }
    $record = New-Object System.Management.Automation.ErrorRecord($cause, $id,
        (Get-OBErrorCategory $cause.HResult), $Target)
    if ($advice) {
        $record.ErrorDetails = New-Object System.Management.Automation.ErrorDetails($cause.Message)
        $record.ErrorDetails.RecommendedAction = $advice
    }
    $Cmdlet.WriteError($record)
}

# Writes a status with its texts, an object of the COM library's, as an ordinary error.
function Write-OBStatus {
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [object] $Status,
        [object] $Target
    )
    $message = "$($Status.Message) $($Status.Detail)".Trim()
    $exception = New-Object System.Runtime.InteropServices.COMException($message, $Status.Code)
    $record = New-Object System.Management.Automation.ErrorRecord($exception, $Status.Symbol,
        (Get-OBErrorCategory $Status.Code), $Target)
    $record.ErrorDetails = New-Object System.Management.Automation.ErrorDetails($message)
    $record.ErrorDetails.RecommendedAction = $Status.Advice
    $Cmdlet.WriteError($record)
}

# An error of the module itself, told like one of the agent's.
function Write-OBError {
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $Id,
        [string] $Message,
        [string] $Category = 'InvalidArgument',
        [object] $Target
    )
    $exception = New-Object System.ArgumentException($Message)
    $Cmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord($exception, $Id, $Category, $Target)))
}

# Runs a block against the agent; on failure writes the error in the cmdlet and gives nothing.
# -Quiet: these HRESULTs are no error but an absent thing.
function Invoke-OBAgent {
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [scriptblock] $Call,
        [object] $Target,
        [string[]] $Quiet = @()
    )
    # What it gives goes on outside of the try: an error of the caller's own pipeline is not ours.
    $result = @()
    try {
        $result = @(& $Call)
    }
    catch [System.Management.Automation.PipelineStoppedException] {
        throw
    }
    catch {
        $caught = $_.Exception
        Clear-OBHandledError
        $code = '{0:X8}' -f (Get-OBInnerException $caught).HResult
        if ($Quiet -notcontains $code) {
            Write-OBException -Cmdlet $Cmdlet -Exception $caught -Target $Target
        }
    }
    $result
}

# The text of a SecureString; the caller lets it go out of scope as soon as it can.
function ConvertFrom-OBSecret {
    param([System.Security.SecureString] $Secret)
    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($Secret)
    try {
        return [System.Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer)
    }
    finally {
        [System.Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer)
    }
}
