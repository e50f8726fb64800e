# The cmdlets are listed one by one: PowerShell loads a module by itself when one of its
# cmdlets is used, but not where the manifest only says '*'.
@{
    ModuleVersion = '7.0.0.0'
    GUID = '5d1c0b3e-7b0c-4d6f-9a55-000000000004'
    NestedModules = '..\..\Microsoft.PowerShell.Commands.Diagnostics.dll'
    FunctionsToExport = @()
    AliasesToExport = @()
    CmdletsToExport = @(
        'Get-Counter', 'Get-WinEvent', 'New-WinEvent'
    )
}
