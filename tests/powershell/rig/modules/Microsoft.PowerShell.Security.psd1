# The cmdlets are listed one by one: PowerShell loads a module by itself when one of its
# cmdlets is used, but not where the manifest only says '*'.
@{
    ModuleVersion = '7.0.0.0'
    GUID = '5d1c0b3e-7b0c-4d6f-9a55-000000000003'
    NestedModules = '..\..\Microsoft.PowerShell.Security.dll'
    FunctionsToExport = @()
    AliasesToExport = @()
    CmdletsToExport = @(
        'ConvertFrom-SecureString', 'ConvertTo-SecureString', 'Get-Acl',
        'Get-AuthenticodeSignature', 'Get-CmsMessage', 'Get-Credential', 'Get-ExecutionPolicy',
        'Get-PfxCertificate', 'New-FileCatalog', 'Protect-CmsMessage', 'Set-Acl',
        'Set-AuthenticodeSignature', 'Set-ExecutionPolicy', 'Test-FileCatalog',
        'Unprotect-CmsMessage'
    )
}
