# The module without an agent: names, parameters, objects that change in place, help.
$module = Join-Path $PSScriptRoot '..\..\powershell\OnlineBackup'
Import-Module (Join-Path $module 'OnlineBackup.psd1')

Describe 'module' {
    It 'exports what it lists, and leaves $Error empty' {
        $Error.Clear()
        Import-Module (Join-Path $module 'OnlineBackup.psd1') -Force
        Assert-Equal 0 $Error.Count
        $listed = (Import-PowerShellDataFile (Join-Path $module 'OnlineBackup.psd1')).FunctionsToExport
        $exported = (Get-Module OnlineBackup).ExportedFunctions.Keys | Sort-Object
        Assert-Equal (($listed | Sort-Object) -join ' ') ($exported -join ' ')
    }
    It 'has one function of its name for each that it exports' {
        foreach ($name in (Get-Module OnlineBackup).ExportedFunctions.Keys) {
            Assert-Equal 'OnlineBackup' (Get-Command $name).ModuleName
        }
    }
    It 'uses no syntax that Windows PowerShell 5.1 lacks' {
        $newer = 'QuestionDot', 'QuestionLBracket', 'QuestionQuestion', 'QuestionQuestionEquals', 'AndAnd', 'OrOr'
        foreach ($file in Get-ChildItem -Recurse $module -Include *.ps1, *.psm1) {
            $tokens = $null
            $errors = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $tokens, [ref] $errors)
            Assert-Equal 0 $errors.Count
            foreach ($token in $tokens) {
                Assert-True ($newer -notcontains [string] $token.Kind) "$($file.Name): $($token.Text)"
            }
            $ternaries = $tree.FindAll({ $args[0].GetType().Name -eq 'TernaryExpressionAst' }, $true)
            Assert-Equal 0 @($ternaries).Count
        }
    }
    It 'asks before what is hard to undo' {
        $impact = @{}
        foreach ($name in (Get-Module OnlineBackup).ExportedFunctions.Keys) {
            $binding = (Get-Command $name).ScriptBlock.Attributes |
                Where-Object { $_ -is [System.Management.Automation.CmdletBindingAttribute] }
            if ($binding.SupportsShouldProcess) {
                $impact[$name] = [string] $binding.ConfirmImpact
            }
        }
        foreach ($name in 'Set-OBPolicy', 'Remove-OBPolicy', 'Stop-OBJob', 'Start-OBRegistration') {
            Assert-Equal 'High' $impact[$name]
        }
        Assert-Equal 'Low' $impact['Add-OBFileSpec']
        foreach ($name in 'Remove-OBFileSpec', 'Set-OBMachineSetting', 'Start-OBBackup', 'Start-OBRecovery') {
            Assert-Equal 'Medium' $impact[$name]
        }
    }
    It 'takes its parameters at the places that scripts count on' {
        $places = @{
            'Add-OBFileSpec'        = 'Policy FileSpec'
            'New-OBFileSpec'        = 'FileSpec NonRecursive Exclude'
            'New-OBRecoveryOption'  = 'DestinationPath OverwriteType SkipRestoreSecurity'
            'New-OBRecoverableItem' = 'OBRecoverableItem RelativePath IsDir'
            'Start-OBRecovery'      = 'RecoverableItem RecoveryOption EncryptionPassphrase Async'
            'Start-OBRegistration'  = 'VaultCredentials'
        }
        foreach ($name in $places.Keys) {
            $found = (Get-Command $name).ParameterSets[0].Parameters | Where-Object { $_.Position -ge 0 } |
                Sort-Object Position | ForEach-Object { $_.Name }
            Assert-Equal $places[$name] ($found -join ' ')
        }
    }
    It 'describes each cmdlet and each parameter, with examples that parse' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters +
            [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($command in Get-Command -Module OnlineBackup) {
            $help = $command.ScriptBlock.Ast.GetHelpContent()
            Assert-True ($help.Synopsis -and $help.Description) "$($command.Name) has no synopsis or description"
            Assert-True ($help.Examples.Count -gt 0) "$($command.Name) has no example"
            foreach ($name in $command.Parameters.Keys | Where-Object { $common -notcontains $_ }) {
                Assert-True ($help.Parameters.Keys -contains $name.ToUpperInvariant()) "$($command.Name) -$name has no help"
            }
            foreach ($example in $help.Examples) {
                $errors = $null
                $null = [System.Management.Automation.Language.Parser]::ParseInput($example, [ref] $null, [ref] $errors)
                Assert-Equal 0 $errors.Count
            }
        }
    }
}

Describe 'policy objects' {
    It 'are new, valid and empty, with every member' {
        $policy = New-OBPolicy
        Assert-Equal 'New' $policy.State.ToString()
        Assert-Equal 'Valid' $policy.PolicyState.ToString()
        Assert-Equal 0 $policy.DsList.Length
        Assert-True ($null -eq $policy.BackupSchedule)
        Assert-True ($null -eq $policy.RetentionPolicy)
    }
    It 'change in place and are returned too' {
        $policy = New-OBPolicy
        $back = Add-OBFileSpec -Policy $policy -FileSpec (New-OBFileSpec -FileSpec 'C:\Data', 'D:\x\*.tmp')
        Assert-True ([object]::ReferenceEquals($policy, $back))
        Assert-Equal 2 $policy.DsList.Length
        Assert-Equal 'C:\' $policy.DsList[0].DataSourceName
        Assert-Equal 'D:\' $policy.DsList[1].DataSourceName
        Assert-Equal 'C:\Data D:\x\*.tmp' ((Get-OBFileSpec $policy).FileSpec -join ' ')
        Assert-Equal '*.tmp' $policy.DsList[1].FileSpec[0].FileName
        Assert-Equal 'D:\x\' $policy.DsList[1].FileSpec[0].FilePath
    }
    It 'take specs by either side of a pipe' {
        $policy = New-OBPolicy
        $null = New-OBFileSpec -FileSpec 'C:\a' -NonRecursive | Add-OBFileSpec -Policy $policy
        $null = $policy | Add-OBFileSpec -FileSpec (New-OBFileSpec 'C:\b' -Exclude)
        Assert-Equal 2 $policy.DsList[0].FileSpec.Count
        Assert-Equal $false $policy.DsList[0].FileSpec[0].IsRecursive
        Assert-Equal $true $policy.DsList[0].FileSpec[1].IsExclude
    }
    It 'make specs from many paths, one by one from a pipe, and pass over an empty one' {
        Assert-Equal 2 @(New-OBFileSpec -FileSpec @('C:\', $null, 'D:\')).Count
        Assert-Equal 2 @('C:\a', 'C:\b' | New-OBFileSpec).Count
    }
    It 'lose specs that are removed' {
        $policy = New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec 'C:\a', 'C:\b')
        $null = Get-OBFileSpec -Policy $policy | Where-Object { $_.FileSpec -eq 'C:\a' } | Remove-OBFileSpec -Policy $policy -Confirm:$false
        Assert-Equal 'C:\b' (Get-OBFileSpec $policy).FileSpec
        $null = Get-OBFileSpec -Policy $policy | Remove-OBFileSpec -Policy $policy -Confirm:$false
        Assert-Equal 0 $policy.DsList.Length
    }
    It 'do not change under -WhatIf' {
        $policy = New-OBPolicy
        $null = Add-OBFileSpec $policy (New-OBFileSpec 'C:\a') -WhatIf
        Assert-Equal 0 $policy.DsList.Length
    }
}

Describe 'recovery objects' {
    It 'options have defaults and refuse other words' {
        $option = New-OBRecoveryOption
        Assert-Equal 'CreateCopy' $option.OverwriteType
        Assert-Equal $false $option.SkipRestoreSecurity
        $option = New-OBRecoveryOption 'D:\to' Skip -SkipRestoreSecurity
        Assert-Equal 'D:\to' $option.DestinationPath
        $null = Assert-Throws { New-OBRecoveryOption -OverwriteType Sometimes }
    }
}

Describe 'no agent' {
    # An endpoint that nobody serves; the library must be registered for this.
    It 'is an ordinary error with the code, its name and advice' {
        $env:OBAGENT_ENDPOINT = 'nobody-serves-this'
        $Error.Clear()
        $result = Get-OBPolicy -ErrorAction SilentlyContinue
        Assert-True ($null -eq $result)
        Assert-Equal 1 $Error.Count
        Assert-Equal 0x80040221 $Error[0].Exception.HResult
        Assert-Match 'does not answer' $Error[0].Exception.Message
        $record = Assert-Throws { Get-OBJob -ErrorAction Stop } -HResult 0x80040221
        Assert-Equal 'ConnectionError' ([string] $record.CategoryInfo.Category)
        Assert-Equal 'OB_E_AGENT_UNREACHABLE,Get-OBJob' $record.FullyQualifiedErrorId
        Assert-True $record.ErrorDetails.RecommendedAction
        $Error.Clear()
    }
    It 'obeys what a script prefers, without parameters' {
        $script = Join-Path ([IO.Path]::GetTempPath()) "$([guid]::NewGuid()).ps1"
        Set-Content $script @'
param($Action, $Ask)
$ErrorActionPreference = $Action
$WhatIfPreference = $Ask
Set-OBMachineSetting -EncryptionPassphrase (New-Object securestring)
Get-OBJob
'went on'
'@
        try {
            $null = Assert-Throws { & $script Stop $false } -HResult 0x80040221
            $Error.Clear()
            Assert-Equal 'went on' (& $script SilentlyContinue $false)
            Assert-Equal 2 $Error.Count
            $Error.Clear()
            Assert-Equal 'went on' (& $script SilentlyContinue $true)
            Assert-Equal 1 $Error.Count
            $Error.Clear()
        }
        finally {
            Remove-Item $script
        }
    }
    It 'leaves what stood in $Error' {
        $Error.Clear()
        try { throw 'earlier' } catch { $null = $_ }
        Get-OBPolicy -ErrorAction Ignore
        Assert-Equal 1 $Error.Count
        Assert-Equal 'earlier' $Error[0].Exception.Message
        Assert-True (-not $(Get-OBPolicy -ErrorAction SilentlyContinue; $?))
        $Error.Clear()
    }
}
