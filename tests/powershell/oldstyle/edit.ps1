# Takes folders out of the stored policy and puts others in, in place. Exit code 0, or the step that failed.
param([string]$Module, [string]$Remove, [string]$Add)
Set-StrictMode -Off
$ErrorActionPreference = 'Continue'
$Error.Clear()
Import-Module $Module

$old = Get-OBPolicy
$ospec = Get-OBFileSpec $old | Where-Object { $_.FileSpec -eq $Remove }
$p = Remove-OBFileSpec -FileSpec $ospec -Policy $old -Confirm:$false
if ($Error[0]) { exit 1 }
Add-OBFileSpec -Policy $p -FileSpec (New-OBFileSpec -FileSpec $Add -NonRecursive)
Set-OBPolicy -Policy $p -Confirm:$false
if ($Error[0]) { exit 2 }
try {
    Set-OBPolicy -Policy (New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec 'nowhere')) -Confirm:$false -ErrorAction Stop
    exit 3
}
catch {
    if (-not $error[0].ErrorDetails) { exit 4 }
}
if ((Get-OBPolicy | Get-OBFileSpec).FileSpec -notcontains $Add) { exit 5 }
exit 0
