# The whole thread: PowerShell, COM, MS-RPC, agent, vault folder, restored files. run.sh has started
# the agent and says where it is: $env:OB_TEST_ROOT has data\, vault\ and new.VaultCredentials.
Import-Module (Join-Path $PSScriptRoot '..\..\powershell\OnlineBackup\OnlineBackup.psd1')
$root = $env:OB_TEST_ROOT
$data = Join-Path $root 'data'

# The bytes, names and times of a folder, as text to compare.
function Get-Tree([string] $Folder) {
    foreach ($item in Get-ChildItem -LiteralPath $Folder -Recurse -Force | Sort-Object FullName) {
        $hash = if ($item.PSIsContainer) { 'folder' } else { (Get-FileHash -LiteralPath $item.FullName).Hash }
        '{0}|{1}|{2:o}|{3}' -f $item.FullName.Substring($Folder.Length), $hash, $item.LastWriteTimeUtc,
            ($item.Attributes -band [IO.FileAttributes] 'ReadOnly, Hidden, System')
    }
}

# A cmdlet that succeeds leaves nothing in $Error.
function Assert-Clean([scriptblock] $Body) {
    $Error.Clear()
    & $Body
    Assert-Equal 0 $Error.Count
}

# A job has done all that it can do here. Wine gives every file permissions of its own, which this
# version does not keep and says so.
function Assert-Whole($Job) {
    $other = @($Job.Warning | Where-Object { $_.kind -ne 'not_kept_security_descriptor' })
    Assert-Equal 0 $other.Count
    Assert-Equal 0 $Job.FailedFile.Length
    Assert-True ('Completed', 'CompletedWithWarning' -contains $Job.JobStatus.JobState.ToString()) $Job.JobStatus.JobState
}

Describe 'before registration' {
    It 'has no policy, and that is no error' {
        Assert-Clean { Assert-True ($null -eq (Get-OBPolicy)) }
    }
    It 'tells that a policy cannot be stored' {
        $policy = New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec $data)
        $record = Assert-Throws { Set-OBPolicy $policy -Confirm:$false -ErrorAction Stop } -HResult 0x80040210
        Assert-Match 'OB_E_NOT_REGISTERED' $record.FullyQualifiedErrorId
        Assert-Match 'Register' $record.ErrorDetails.RecommendedAction
    }
    It 'refuses a file that is no vault credentials' {
        $null = Assert-Throws { Start-OBRegistration -VaultCredentials "$root\edited.VaultCredentials" -Confirm:$false -ErrorAction Stop } -HResult 0x80040212
        $null = Assert-Throws { Start-OBRegistration -VaultCredentials "$data\small.txt" -Confirm:$false -ErrorAction Stop } -HResult 0x80070057
    }
    It 'refuses vault credentials that a newer download has replaced' {
        $null = Assert-Throws { Start-OBRegistration -VaultCredentials "$root\old.VaultCredentials" -Confirm:$false -ErrorAction Stop } -HResult 0x80040214
    }
}

Describe 'registration' {
    It 'does nothing with -WhatIf' {
        Assert-Clean { Assert-True ($null -eq (Start-OBRegistration -VaultCredentials "$root\new.VaultCredentials" -WhatIf)) }
    }
    It 'registers, also from a file that Out-File has written' {
        Get-Content "$root\new.VaultCredentials" | Out-File "$root\utf16.vaultcredentials" -Encoding unicode
        Assert-Clean {
            $script:registration = Start-OBRegistration -VaultCredentials "$root\utf16.vaultcredentials" -Confirm:$false
        }
        Assert-Equal 'thread' $registration.ServiceResourceName
        Assert-Match '^[0-9A-F]{40}$' $registration.CertThumbprint
        Assert-Match '^[0-9a-f-]{36}$' $registration.SubscriptionID
    }
    It 'refuses a short passphrase, and no backup runs without one' {
        $short = ConvertTo-SecureString 'short' -AsPlainText -Force
        $null = Assert-Throws { $short | Set-OBMachineSetting -ErrorAction Stop } -HResult 0x80040217
        Assert-Equal 'NotSet' (Get-OBMachineSetting).EncryptionSetting.EncryptionKeyStatus
    }
    It 'refuses a folder for the passphrase that does not exist before it sets one' {
        $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText -Force
        $record = Assert-Throws { $passphrase | Set-OBMachineSetting -PassphraseSaveLocation "$root\none" }
        Assert-Match '^PassphraseSaveLocationNotFound,' $record.FullyQualifiedErrorId
        Assert-Equal 'NotSet' (Get-OBMachineSetting).EncryptionSetting.EncryptionKeyStatus
    }
    It 'sets the passphrase by pipe and saves it' {
        $null = New-Item -ItemType Directory "$root\keys"
        $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText -Force
        Assert-Clean {
            Assert-Equal 'Server properties updated successfully.' ($passphrase |
                    Set-OBMachineSetting -SecurityPIN ' ' -PassphraseSaveLocation "$root\keys" -Confirm:$false)
        }
        Assert-Equal 'Set' (Get-OBMachineSetting).EncryptionSetting.EncryptionKeyStatus
        $saved = @(Get-ChildItem "$root\keys" -Filter "*_thread_$env:COMPUTERNAME.txt")
        Assert-Equal 1 $saved.Count
        Assert-Equal 'correct horse battery staple' (Get-Content $saved[0].FullName)
    }
}

Describe 'policy' {
    It 'refuses a relative path by the name of its field' {
        $policy = New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec 'relative\path')
        $null = Assert-Throws { $policy | Set-OBPolicy -Confirm:$false -ErrorAction Stop } -HResult 0x8004021A -Match 'path'
    }
    It 'is stored by a pipe, in place' {
        $script:policy = New-OBPolicy
        Assert-Clean {
            $stored = $policy | Add-OBFileSpec -FileSpec (New-OBFileSpec $data) |
                Add-OBFileSpec -FileSpec (New-OBFileSpec "$data\left out" -Exclude) | Set-OBPolicy -Confirm:$false
            Assert-True ([object]::ReferenceEquals($policy, $stored))
        }
        Assert-Equal 'Existing' $policy.State.ToString()
        Assert-True ($policy.DsList[0].DataSourceId -gt 0)
    }
    It 'comes back as it was stored' {
        Assert-Clean { $script:back = Get-OBPolicy }
        Assert-Equal 'C:\' $back.DsList[0].DataSourceName
        Assert-Equal $policy.DsList[0].DataSourceId $back.DsList[0].DataSourceId
        Assert-Equal "$data|$data\left out" ((Get-OBFileSpec $back).FileSpec -join '|')
    }
}

Describe 'backup' {
    It 'has no job and no recovery point before' {
        Assert-Clean {
            Assert-True (-not @(Get-OBJob))
            Assert-True (-not @(Get-OBAllRecoveryPoints))
        }
    }
    It 'backs up with progress and gives the job' {
        Assert-Clean { $script:job = Get-OBPolicy | Start-OBBackup }
        Assert-Whole $job
        Assert-Equal 'Backup' $job.JobType.ToString()
        Assert-True ($job.JobStatus.EndTime -ge $job.JobStatus.StartTime)
        $source = $job.JobStatus.DatasourceStatus[0]
        Assert-Equal 'C:\' $source.Datasource.DataSourceName
        Assert-Equal $source.ByteProgress.Total $source.ByteProgress.Progress
        Assert-True ($source.ByteProgress.Progress -gt 5MB)
    }
    It 'lists the job, equal to itself, and nothing runs' {
        $last = Get-OBJob -Previous 1
        Assert-True ($last -eq $job)
        Assert-True (-not @(Get-OBJob))
        Assert-Equal 1 @(Get-OBJob -Previous 100000000 -Status Successful).Count
        Assert-Equal 0 @(Get-OBJob -Previous 5 -Status Failed).Count
    }
    It 'sends only what is new the next time' {
        Set-Content "$data\small.txt" 'changed'
        $second = Start-OBBackup -Name $policy.PolicyName -Confirm:$false
        Assert-Whole $second
        Assert-True ($second.JobStatus.DatasourceStatus[0].ByteProgress.Changed -lt 1MB)
        $jobs = Get-OBJob -Previous 2
        Assert-True ($jobs[1] -eq $second)
    }
    It 'runs without the caller with -Async' {
        $running = Start-OBBackup $policy -Async
        for ($i = 0; $i -lt 200 -and (Get-OBJob); $i++) {
            Start-Sleep -Milliseconds 100
        }
        $ended = Get-OBJob -Previous 1
        Assert-True ($ended -eq $running)
        Assert-Whole $ended
    }
    It 'refuses a policy that is not there' {
        $null = Assert-Throws { Start-OBBackup -Name 'no such policy' -ErrorAction Stop } -HResult 0x80040219
    }
    It 'refuses a policy object that is not stored, instead of taking the stored one' {
        foreach ($cmdlet in { New-OBPolicy | Start-OBBackup }, { New-OBPolicy | Remove-OBPolicy -Confirm:$false }) {
            $record = Assert-Throws $cmdlet
            Assert-Match '^PolicyNotStored,' $record.FullyQualifiedErrorId
        }
        Assert-True (Get-OBPolicy)
    }
    It 'is readable from another process, as over WinRM' {
        $background = Start-Job -ArgumentList (Get-Module OnlineBackup).Path {
            Import-Module ($args[0] -replace 'psm1$', 'psd1')
            Get-OBJob -Previous 3
            Get-OBPolicy
        }
        $read = @($background | Wait-Job -Timeout 60 | Receive-Job)
        Remove-Job $background -Force
        Assert-Equal 4 $read.Count
        Assert-Equal $job.JobId.Guid $read[0].JobId.Guid
        Assert-True ($read[0].JobType -eq 'Backup')
        Assert-True ($read[0].JobStatus.JobState -eq $job.JobStatus.JobState.ToString())
        Assert-Equal 'C:\' $read[0].JobStatus.DatasourceStatus[0].Datasource.DataSourceName
        Assert-Equal $job.JobStatus.DatasourceStatus[0].ByteProgress.Total $read[0].JobStatus.DatasourceStatus[0].ByteProgress.Total
        Assert-True ($read[3].State -eq 'Existing')
        Assert-Equal $data $read[3].DsList[0].FileSpec[0].FileSpec
    }
}

Describe 'recovery' {
    It 'finds sources and points, newest first' {
        Assert-Clean {
            $script:sources = @(Get-OBRecoverableSource)
            $script:points = @($sources[0] | Get-OBRecoverableItem)
        }
        Assert-Equal 'C:\' $sources[0].RecoverySourceName
        Assert-Equal 3 $points.Count
        Assert-True ($points[0].PointInTime -gt $points[2].PointInTime)
        Assert-Equal 'Utc' ([string] $points[0].PointInTime.Kind)
        Assert-Equal $policy.DsList[0].DataSourceId $points[0].RecoverySourceId
        Assert-Equal 3 @(Get-OBAllRecoveryPoints).Count
    }
    It 'browses by position' {
        $item = $points[0]
        foreach ($name in ($data -split '\\' | Select-Object -Skip 1)) {
            $item = Get-OBRecoverableItem $item | Where-Object { $_.Name -eq $name }
            Assert-True $item.IsDir $name
        }
        $script:folder = $item
        $names = (Get-OBRecoverableItem $folder).Name
        Assert-True ($names -contains 'small.txt')
        Assert-True ($names -notcontains 'left out')
    }
    It 'browses many folders of many points' {
        for ($i = 0; $i -lt 40; $i++) {
            Assert-True (@(Get-OBRecoverableItem $points[$i % 3]).Count -gt 0)
        }
    }
    It 'leaves the errors of the caller to the caller' {
        $null = Assert-Throws { Get-OBRecoverableSource | ForEach-Object { throw 'mine' } } -Match 'mine'
    }
    It 'searches by name' {
        $found = @(Get-OBRecoverableItem -RecoveryPoint $points[0] -Location $data -SearchString '*.BIN')
        Assert-Equal 1 $found.Count
        Assert-Equal 'large.bin' $found[0].Name
        Assert-Equal 6MB $found[0].ItemSize
    }
    It 'restores a tree elsewhere: bytes, names, times, attributes' {
        $to = "$root\restored"
        Assert-Clean {
            $script:recovery = Start-OBRecovery $folder (New-OBRecoveryOption -DestinationPath $to)
        }
        Assert-Whole $recovery
        Assert-Equal 'Recovery' $recovery.JobType.ToString()
        Rename-Item "$data\left out" 'left-out.aside'
        Move-Item "$data\left-out.aside" "$root\aside"
        Assert-Equal ((Get-Tree $data) -join "`n") ((Get-Tree "$to\data") -join "`n")
    }
    It 'restores one file of the oldest point in place, over what is there' {
        Assert-Equal 'changed' (Get-Content "$data\small.txt")
        $item = New-OBRecoverableItem $points[2] ("$data\small.txt".Substring(3)) $false
        $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText -Force
        $null = Start-OBRecovery $item (New-OBRecoveryOption -OverwriteType Overwrite) $passphrase
        Assert-Equal 'small' (Get-Content "$data\small.txt")
    }
    It 'keeps what exists: Skip and CreateCopy' {
        $item = New-OBRecoverableItem $points[0] ("$data\small.txt".Substring(3)) $false
        $null = Start-OBRecovery $item (New-OBRecoveryOption -OverwriteType Skip)
        Assert-Equal 'small' (Get-Content "$data\small.txt")
        $null = Start-OBRecovery -RecoverableItem $item
        Assert-Equal 'small' (Get-Content "$data\small.txt")
        $copies = @(Get-ChildItem $data -Filter '*small*.txt' | Where-Object { $_.Name -ne 'small.txt' })
        Assert-Equal 1 $copies.Count
        Assert-Equal 'changed' (Get-Content $copies[0].FullName)
    }
    It 'refuses a wrong passphrase before anything is restored' {
        $wrong = ConvertTo-SecureString 'not the passphrase at all' -AsPlainText -Force
        $item = New-OBRecoverableItem $points[0] ("$data\small.txt".Substring(3)) $false
        $null = Assert-Throws { Start-OBRecovery $item (New-OBRecoveryOption -DestinationPath "$root\no") $wrong -ErrorAction Stop } -HResult 0x80040218
        Assert-True (-not (Test-Path "$root\no"))
    }
    It 'tells of an item that is not in the point' {
        $item = New-OBRecoverableItem $points[0] 'no\such\file' $false
        $null = Assert-Throws { Start-OBRecovery $item (New-OBRecoveryOption -DestinationPath "$root\no") -ErrorAction Stop } -HResult 0x80070490
    }
}

Describe 'the rest' {
    It 'stopping a job that has ended is no error' {
        Assert-Clean { Assert-True ((Get-OBJob -Previous 1 | Stop-OBJob -Confirm:$false) -eq (Get-OBJob -Previous 1)) }
    }
    It 'removes the policy and keeps the points' {
        Assert-Clean {
            $null = Get-OBPolicy | Remove-OBPolicy -Confirm:$false
            Assert-True ($null -eq (Get-OBPolicy))
        }
        Assert-Equal 3 @(Get-OBAllRecoveryPoints).Count
    }
    It 'tells that a pipe without a policy has none' {
        foreach ($cmdlet in { Get-OBPolicy | Remove-OBPolicy -Confirm:$false }, { $null | Remove-OBPolicy -Confirm:$false },
            { Get-OBPolicy | Start-OBBackup }) {
            $record = Assert-Throws $cmdlet -HResult 0x80040219
            Assert-Match '^OB_E_NO_POLICY,' $record.FullyQualifiedErrorId
        }
        Get-OBPolicy | Remove-OBPolicy -Confirm:$false -ErrorAction SilentlyContinue
    }
    It 'shows collections and constants to other automation clients' {
        $agent = New-Object -ComObject OnlineBackup.Agent
        $jobs = $agent.Jobs(0, 0)
        Assert-Equal $jobs.Count @(foreach ($job in $jobs) { $job }).Count
        $first = $jobs.Item(0)
        Assert-Equal $first.Id $jobs.Item($first.Id).Id
        Assert-Equal 'OB_E_NO_POLICY' $agent.DescribeError(0x80040219).Symbol
        $record = Assert-Throws { $agent.GetPolicy() } -HResult 0x80040219
        Assert-Match 'No backup policy' $record.Exception.Message
        $members = ($agent | Get-Member).Name
        foreach ($name in 'Connect', 'Settings', 'RecoveryPoints', 'StartBackup') {
            Assert-True ($members -contains $name) $name
        }
    }
}
