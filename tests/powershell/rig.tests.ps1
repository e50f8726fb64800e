# What the tests of the module rely on in the rig itself.
Describe 'rig' {
    $folder = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
    $null = New-Item -ItemType Directory $folder
    Defer { Remove-Item -Recurse -Force $folder }

    It 'is PowerShell 7.4 on Windows' {
        Assert-Match '^7\.4\.' $PSVersionTable.PSVersion
        Assert-True $IsWindows
        Assert-Equal 10 ([Environment]::OSVersion.Version.Major)
    }
    It 'runs in strict mode' {
        $record = Assert-Throws { $neverSet }
        Assert-Equal 'VariableIsUndefined' $record.FullyQualifiedErrorId
    }
    It 'keeps errors in $Error' {
        $before = $Error.Count
        Get-Item (Join-Path $folder absent) -ErrorAction SilentlyContinue
        Assert-Equal ($before + 1) $Error.Count
        Assert-Equal 'ItemNotFoundException' $Error[0].CategoryInfo.Reason
    }
    It 'makes COM objects and calls them' {
        $shell = New-Object -ComObject WScript.Shell
        Assert-Equal $env:SystemRoot $shell.ExpandEnvironmentStrings('%SystemRoot%').TrimEnd(
            [char]0, ' ')
    }
    It 'tells an unknown COM class by its HRESULT' {
        $null = Assert-Throws -HResult 0x80040154 { New-Object -ComObject No.Such.Class }
    }
    It 'imports a module by its path' {
        $path = Join-Path $folder greet.psm1
        Set-Content $path 'function Get-Greeting([string]$Name) { "hello $Name" }'
        Import-Module $path
        Assert-Equal 'hello you' (Get-Greeting -Name you)
        Remove-Module greet
    }
    It 'shows progress without a display' {
        foreach ($percent in 0, 50, 100) {
            Write-Progress -Activity work -Status "$percent %" -PercentComplete $percent
        }
        Write-Progress -Activity work -Completed
    }
    It 'reads and writes JSON' {
        $read = '{"a":[1,{"b":null}],"c":"\u00e9"}' | ConvertFrom-Json
        Assert-Equal 1 $read.a[0]
        Assert-Equal '{"a":[1,{"b":null}],"c":"é"}' ($read | ConvertTo-Json -Compress -Depth 5)
    }
    It 'keeps secrets as SecureString' {
        $secret = ConvertTo-SecureString 'pässword ☃' -AsPlainText -Force
        Assert-Equal 'pässword ☃' ([Net.NetworkCredential]::new('', $secret).Password)
    }
    It 'has a console wide enough for a message' {
        Assert-Equal 240 $Host.UI.RawUI.BufferSize.Width
    }
    It 'reads and writes files' {
        $path = Join-Path $folder text.txt
        Set-Content $path 'a', 'b'
        Assert-Equal @('a', 'b') (Get-Content $path)
        Assert-Equal 64 (Get-FileHash $path).Hash.Length
    }
    It 'passes on exit codes of programs' {
        cmd /c exit 4
        Assert-Equal 4 $LASTEXITCODE
    }
    It 'runs jobs in a process beside it' {
        $job = Start-Job { 6 * 7 }
        Assert-Equal 42 ($job | Wait-Job -Timeout 60 | Receive-Job)
        Remove-Job $job -Force
    }
}
