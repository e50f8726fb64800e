# Scripts as administrators have them, run as they run them: by their exit codes. They are flat, look at
# $Error after each call and mix positions, pipes, spellings and strings; run.sh has started the agent.
$root = $env:OB_TEST_ROOT
$module = (Resolve-Path (Join-Path $PSScriptRoot '..\..\powershell\OnlineBackup')).ProviderPath
$data = Join-Path $root 'oldstyle'

function Invoke-Old([string] $Name, [hashtable] $With) {
    $global:LASTEXITCODE = -1
    $lines = & (Join-Path $PSScriptRoot "oldstyle\$Name.ps1") -Module $module @With
    [pscustomobject] @{ Code = $global:LASTEXITCODE; Lines = @($lines); Text = @($lines) -join "`n" }
}

Describe 'scripts of administrators' {
    $null = New-Item -ItemType Directory "$data\keep", "$data\cache"
    Set-Content "$data\keep\a.txt" 'one'
    Set-Content "$data\cache\b.txt" 'two'
    $null = New-Item -ItemType Directory "$data\other"
    Set-Content "$data\other\c.txt" 'three'

    It 'report that nothing is protected' {
        $result = Invoke-Old report @{}
        Assert-Equal 2 $result.Code
        Assert-Match 'no policy' $result.Text
    }
    It 'stop at the step that fails' {
        $with = @{
            CredentialFile = "$root\old.VaultCredentials"; Passphrase = 'correct horse battery staple'
            Include = @("$data\"); Exclude = @("$data\cache")
        }
        Assert-Equal 2 (Invoke-Old protect $with).Code
        $with.CredentialFile = "$root\new.VaultCredentials"
        $with.Passphrase = 'short'
        Assert-Equal 3 (Invoke-Old protect $with).Code
        $with.Passphrase = 'correct horse battery staple'
        $with.Include = 'relative'
        Assert-Equal 6 (Invoke-Old protect $with).Code
    }
    It 'protect a folder' {
        $with = @{
            CredentialFile = "$root\new.VaultCredentials"; Passphrase = 'correct horse battery staple'
            Include = @("$data\"); Exclude = @("$data\cache")
        }
        Assert-Equal 0 (Invoke-Old protect $with).Code
        Assert-Equal 0 (Invoke-Old protect $with).Code
    }
    It 'report on it' {
        $result = Invoke-Old report @{}
        Assert-Equal 'OK' $result.Lines[-1]
        Assert-Equal 0 $result.Code
        Assert-Match 'C:\\ 0\.0 MB' $result.Text
        Assert-Match 'cache \* True' $result.Text
    }
    It 'restore' {
        $result = Invoke-Old restore @{ Folder = "$data\keep"; File = "$data\other\c.txt"; To = "$root\oldstyle restored" }
        Assert-Equal 0 $result.Code
        Assert-Equal 'one' (Get-Content "$root\oldstyle restored\keep\a.txt")
        Assert-Equal 'three' (Get-Content "$root\oldstyle restored\c.txt")
    }
    It 'edit the policy in place' {
        $result = Invoke-Old edit @{ Remove = "$data\cache"; Add = "$data\other" }
        Assert-Equal 0 $result.Code
        $specs = Get-OBPolicy | Get-OBFileSpec
        Assert-Equal 2 $specs.Count
        Assert-Equal $false $specs[1].IsRecursive
    }
}
