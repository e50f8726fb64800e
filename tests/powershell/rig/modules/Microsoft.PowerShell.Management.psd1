# The cmdlets are listed one by one: PowerShell loads a module by itself when one of its
# cmdlets is used, but not where the manifest only says '*'.
@{
    ModuleVersion = '7.0.0.0'
    GUID = '5d1c0b3e-7b0c-4d6f-9a55-000000000002'
    NestedModules = '..\..\Microsoft.PowerShell.Commands.Management.dll'
    FunctionsToExport = @()
    AliasesToExport = @('gcb', 'gin', 'gtz', 'scb', 'stz')
    CmdletsToExport = @(
        'Add-Content', 'Clear-Content', 'Clear-Item', 'Clear-ItemProperty', 'Clear-RecycleBin',
        'Convert-Path', 'Copy-Item', 'Copy-ItemProperty', 'Debug-Process', 'Get-ChildItem',
        'Get-Clipboard', 'Get-ComputerInfo', 'Get-Content', 'Get-HotFix', 'Get-Item',
        'Get-ItemProperty', 'Get-ItemPropertyValue', 'Get-Location', 'Get-Process', 'Get-PSDrive',
        'Get-PSProvider', 'Get-Service', 'Get-TimeZone', 'Invoke-Item', 'Join-Path', 'Move-Item',
        'Move-ItemProperty', 'New-Item', 'New-ItemProperty', 'New-PSDrive', 'New-Service',
        'Pop-Location', 'Push-Location', 'Remove-Item', 'Remove-ItemProperty', 'Remove-PSDrive',
        'Remove-Service', 'Rename-Computer', 'Rename-Item', 'Rename-ItemProperty', 'Resolve-Path',
        'Restart-Computer', 'Restart-Service', 'Resume-Service', 'Set-Clipboard', 'Set-Content',
        'Set-Item', 'Set-ItemProperty', 'Set-Location', 'Set-Service', 'Set-TimeZone',
        'Split-Path', 'Start-Process', 'Start-Service', 'Stop-Computer', 'Stop-Process',
        'Stop-Service', 'Suspend-Service', 'Test-Connection', 'Test-Path', 'Wait-Process'
    )
}
