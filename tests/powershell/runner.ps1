# Runs PowerShell tests: runner.ps1 -Path FILE.tests.ps1 [FILE...] [-Name WILDCARD]
#
# A test file is a script that calls
#   Describe 'what' { ... }              a group; its body prepares what its tests share
#   It 'does this' { ... }               a test: fails if it throws; -Skip 'why' leaves it out
#   Defer { ... }                        in a group: run at its end, last one first
#   Assert-Equal EXPECTED ACTUAL         values and lists, by type-aware comparison; text by case
#   Assert-True CONDITION [MESSAGE]
#   Assert-Match PATTERN TEXT            a regular expression
#   $record = Assert-Throws { ... } [-Match PATTERN] [-HResult 0x80070005]
# Everything runs in strict mode, and any error ends the test it happens in. The last line of the
# output is "powershell: N passed, N failed", the exit code 1 if something failed or nothing ran.
param(
    [Parameter(Mandatory, Position = 0, ValueFromRemainingArguments)]
    [string[]]$Path,
    [string]$Name = '*'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# One object that every scope sees and changes: "script:" would be the test file's own scope here.
$run = @{
    Passed = 0
    Failed = 0
    Skipped = 0
    Groups = [System.Collections.Generic.List[string]]::new()
    Deferred = [System.Collections.Generic.Stack[object]]::new()
}

# What went wrong and where, on one line each, without the frames of this file.
function Get-Failure([System.Management.Automation.ErrorRecord]$Record) {
    $Record.Exception.Message
    $Record.ScriptStackTrace -split "`r?`n" | Where-Object { $_ -notmatch 'runner\.ps1' }
}

function Write-Failure([string]$What, [System.Management.Automation.ErrorRecord]$Record) {
    $run.Failed++
    Write-Host "  FAIL $What"
    foreach ($line in Get-Failure $Record) {
        Write-Host "       $line"
    }
}

function Describe {
    param([Parameter(Mandatory)][string]$What, [Parameter(Mandatory)][scriptblock]$Body)
    $run.Deferred.Push([System.Collections.Generic.Stack[scriptblock]]::new())
    $run.Groups.Add($What)
    Write-Host ($run.Groups -join ': ')
    try {
        . $Body    # in this scope, so that what it sets is still there for what it deferred
    } catch {
        Write-Failure 'the group itself' $_
    }
    while ($run.Deferred.Peek().Count -gt 0) {
        try {
            & $run.Deferred.Peek().Pop()
        } catch {
            Write-Failure 'the end of the group' $_
        }
    }
    $null = $run.Deferred.Pop()
    $run.Groups.RemoveAt($run.Groups.Count - 1)
}

function Defer([Parameter(Mandatory)][scriptblock]$Body) {
    $run.Deferred.Peek().Push($Body)
}

function It {
    param(
        [Parameter(Mandatory)][string]$What,
        [Parameter(Mandatory)][scriptblock]$Body,
        [string]$Skip = ''
    )
    if (((@($run.Groups) + $What) -join ': ') -notlike "*$Name*") {
        return
    }
    if ($Skip) {
        $run.Skipped++
        Write-Host "  skip $What ($Skip)"
        return
    }
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        & $Body | Out-String -Stream | ForEach-Object { Write-Host "       | $_" }
    } catch {
        Write-Failure $What $_
        return
    }
    $run.Passed++
    Write-Host "  ok   $What ($($watch.ElapsedMilliseconds) ms)"
}

function ConvertTo-Comparable($Value) {
    if ($null -eq $Value) {
        return 'null'
    }
    # A plain value from another process has properties hung on it: look at the value alone.
    $base = $Value.PSObject.BaseObject
    if ($base -is [ValueType] -or $base -is [string]) {
        $Value = $base
    }
    ConvertTo-Json -InputObject $Value -Compress -Depth 8
}

function Assert-Equal($Expected, $Actual) {
    $left = ConvertTo-Comparable $Expected
    $right = ConvertTo-Comparable $Actual
    if ($left -cne $right) {
        throw "expected $left, got $right"
    }
}

function Assert-True($Condition, [string]$Message = 'the condition does not hold') {
    if (-not $Condition) {
        throw $Message
    }
}

function Assert-Match([string]$Pattern, [string]$Text) {
    if ($Text -notmatch $Pattern) {
        throw "expected a match of /$Pattern/, got: $Text"
    }
}

function Assert-Throws {
    param([Parameter(Mandatory)][scriptblock]$Body, [string]$Match = '', [long]$HResult = 0)
    $record = $null
    try {
        $null = & $Body
    } catch {
        $record = $_
    }
    if ($null -eq $record) {
        throw 'expected an error, and there was none'
    }
    if ($Match) {
        Assert-Match $Match $record.Exception.Message
    }
    # An HRESULT is a signed number in .NET and is written as an unsigned one by people.
    if ($HResult -ne 0 -and ($record.Exception.HResult -band 0xffffffffL) -ne
        ($HResult -band 0xffffffffL)) {
        throw ('expected HRESULT 0x{0:x8}, got 0x{1:x8}: {2}' -f ($HResult -band 0xffffffffL),
            $record.Exception.HResult, $record.Exception.Message)
    }
    $record
}

foreach ($file in $Path | Resolve-Path) {
    try {
        & $file.ProviderPath
    } catch {
        Write-Failure $file.ProviderPath $_
    }
}

if ($Name -eq '*' -and $run.Passed + $run.Failed + $run.Skipped -eq 0) {
    Write-Host 'no test was found'
    $run.Failed = 1
}
$line = "powershell: $($run.Passed) passed, $($run.Failed) failed"
if ($run.Skipped -gt 0) {
    $line += ", $($run.Skipped) skipped"
}
Write-Host $line
exit [int]($run.Failed -gt 0)
