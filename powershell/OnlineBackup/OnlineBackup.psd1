@{
    RootModule           = 'OnlineBackup.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '692a7fee-ff2a-4847-bb8b-f556b86c65fa'
    Author               = 'The Online Backup authors'
    CompanyName          = 'Online Backup'
    Copyright            = 'Apache License 2.0'
    Description          = 'Controls the Online Backup agent: registration, policy, backup and recovery.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    TypesToProcess       = @('OnlineBackup.types.ps1xml')
    FormatsToProcess     = @('OnlineBackup.format.ps1xml')
    FunctionsToExport    = @(
        'Add-OBFileSpec'
        'Get-OBAllRecoveryPoints'
        'Get-OBFileSpec'
        'Get-OBJob'
        'Get-OBMachineSetting'
        'Get-OBPolicy'
        'Get-OBRecoverableItem'
        'Get-OBRecoverableSource'
        'New-OBFileSpec'
        'New-OBPolicy'
        'New-OBRecoverableItem'
        'New-OBRecoveryOption'
        'Remove-OBFileSpec'
        'Remove-OBPolicy'
        'Set-OBMachineSetting'
        'Set-OBPolicy'
        'Start-OBBackup'
        'Start-OBRecovery'
        'Start-OBRegistration'
        'Stop-OBJob'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{ PSData = @{ Tags = @('Backup', 'MARS'); LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0' } }
}
