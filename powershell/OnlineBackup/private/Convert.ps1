# From the agent's objects and documents to the objects that scripts read.

# ConvertFrom-Json with a member that may be absent.
function Get-OBMember {
    param([object] $Object, [string] $Name, [object] $Default = $null)
    if ($null -ne $Object -and $Object.PSObject.Properties.Match($Name).Count -gt 0 -and
        $null -ne $Object.$Name) {
        return $Object.$Name
    }
    return $Default
}

function ConvertTo-OBUtc {
    param([datetime] $Time)
    # COM has no time zone and its zero is 1899: not set.
    if ($Time.Year -lt 1970) {
        return [datetime]::new(0, [System.DateTimeKind]::Utc)
    }
    return [datetime]::SpecifyKind($Time, [System.DateTimeKind]::Utc)
}

function ConvertTo-OBFileSpecObject {
    param([string] $Path, [bool] $Exclude, [bool] $Recursive)
    $spec = [OBFileSpec]::new()
    $spec.FileSpec = $Path
    $spec.IsExclude = $Exclude
    $spec.IsRecursive = $Recursive
    $leaf = $Path.Substring($Path.LastIndexOfAny([char[]] '\/') + 1)
    if ($leaf -match '[*?]') {
        $spec.FileName = $leaf
        $spec.FilePath = $Path.Substring(0, $Path.Length - $leaf.Length)
    }
    else {
        $spec.FilePath = $Path
    }
    return $spec
}

# The volume that a file spec lies on, as the agent names it.
function Get-OBVolumeName {
    param([string] $Path)
    if ($Path -match '^([A-Za-z]):') {
        return $Matches[1].ToUpperInvariant() + ':\'
    }
    if ($Path -match '^(\\\\\?\\Volume\{[0-9A-Fa-f-]+\}\\)') {
        return $Matches[1]
    }
    return '/'
}

# Puts file specs under their data sources; identities of known sources are kept.
function Set-OBPolicySpec {
    param([OBPolicy] $Policy, [object[]] $Specs, [hashtable] $Ids = @{})
    foreach ($source in $Policy.DsList) {
        if (-not $Ids.ContainsKey($source.DataSourceName)) {
            $Ids[$source.DataSourceName] = $source.DataSourceId
        }
    }
    $sources = New-Object System.Collections.Generic.List[OBDataSource]
    foreach ($spec in $Specs) {
        $name = Get-OBVolumeName $spec.FileSpec
        $source = $sources | Where-Object { $_.DataSourceName -eq $name } | Select-Object -First 1
        if ($null -eq $source) {
            $source = [OBDataSource]::new()
            $source.DataSourceName = $name
            if ($Ids.ContainsKey($name)) {
                $source.DataSourceId = $Ids[$name]
            }
            $sources.Add($source)
        }
        $source.FileSpec = @($source.FileSpec) + $spec
    }
    $Policy.DsList = $sources.ToArray()
}

function Get-OBPolicySpec {
    param([OBPolicy] $Policy)
    foreach ($source in $Policy.DsList) {
        foreach ($spec in $source.FileSpec) {
            $spec
        }
    }
}

# Copies what the agent has stored into the object that the script holds.
function Update-OBPolicy {
    param([OBPolicy] $Policy, [string] $Document)
    $stored = ConvertFrom-Json $Document
    $ids = @{}
    foreach ($source in @(Get-OBMember $stored 'sources' @())) {
        $ids[$source.name] = [long] $source.id
    }
    $specs = foreach ($file in @($stored.files)) {
        ConvertTo-OBFileSpecObject $file.path (Get-OBMember $file 'exclude' $false) `
            (Get-OBMember $file 'recursive' $true)
    }
    Set-OBPolicySpec $Policy @($specs) $ids
    $Policy.PolicyName = Get-OBMember $stored 'name' ''
    $Policy.Id = Get-OBMember $stored 'id' ''
    $Policy.State = 'Existing'
    $Policy.PolicyState = if ((Get-OBMember $stored 'state' 'valid') -eq 'paused') { 'Paused' } else { 'Valid' }
}

function ConvertTo-OBErrorInfo {
    param([object] $ErrorDocument)
    $info = [OBErrorInfo]::new()
    if ($null -eq $ErrorDocument) {
        return $info
    }
    $info.DetailedErrorCode = $ErrorDocument.status
    $info.ErrorCode = if ($ErrorDocument.code) { $ErrorDocument.code } else { $ErrorDocument.status }
    $info.ErrorCategory = $ErrorDocument.symbol
    $info.ErrorParamList = @(foreach ($name in 'message', 'detail', 'advice') {
            if ($ErrorDocument.$name) {
                $parameter = [OBErrorParam]::new()
                $parameter.Name = $name
                $parameter.Value = $ErrorDocument.$name
                $parameter
            }
        })
    return $info
}

function ConvertTo-OBProgress {
    param([double] $Done, [double] $Total, [double] $Changed)
    $progress = [OBProgress]::new()
    $progress.Progress = $Done
    $progress.Total = $Total
    $progress.Changed = $Changed
    return $progress
}

function ConvertTo-OBJobObject {
    param([object] $Job)
    $detail = ConvertFrom-Json $Job.Detail
    $status = [OBJobStatus]::new()
    $status.JobState = [int] $Job.State
    $status.StartTime = ConvertTo-OBUtc $Job.StartTime
    $status.EndTime = ConvertTo-OBUtc $Job.EndTime
    $status.FailedFileLog = Get-OBMember $detail 'failed_log' ''
    $status.ErrorInfo = ConvertTo-OBErrorInfo (Get-OBMember $detail 'error')
    $sources = @(Get-OBMember $detail 'sources' @())
    # The agent counts for the whole job: with one data source that is the source's progress too.
    $whole = $sources.Count -eq 1
    $status.DatasourceStatus = @(foreach ($source in $sources) {
            $entry = [OBDatasourceStatus]::new()
            $entry.Datasource = [OBJobDataSource]::new()
            $entry.Datasource.DataSourceName = $source.name
            $entry.Datasource.DataSourceId = $source.id
            $entry.JobState = $status.JobState
            $entry.StartTime = $status.StartTime
            $entry.EndTime = $status.EndTime
            $entry.ErrorInfo = $status.ErrorInfo
            if ($whole) {
                $entry.ByteProgress = ConvertTo-OBProgress $Job.BytesDone $Job.BytesTotal $Job.BytesChanged
                $entry.FileProgress = ConvertTo-OBProgress $Job.FilesDone $Job.FilesTotal $Job.FilesChanged
            }
            else {
                $entry.ByteProgress = [OBProgress]::new()
                $entry.FileProgress = [OBProgress]::new()
            }
            $entry
        })
    $result = [OBJob]::new()
    $result.JobId = $Job.Id
    $result.JobType = [int] $Job.Type
    $result.JobStatus = $status
    $result.Warning = @(Get-OBMember $detail 'warnings' @())
    $result.FailedFile = @(Get-OBMember $detail 'failed' @())
    return $result
}

# "C:\" is "C:" in a recovery point, "/" is its top.
function ConvertTo-OBPointPath {
    param([string] $Path)
    return ($Path -replace '\\', '/').Trim('/')
}

function ConvertTo-OBPointItem {
    # The top of a data source at a point in time.
    param([object] $Point, [OBRecoverableSource] $Source)
    $item = [OBRecoverableItem]::new()
    $item.IsDir = $true
    $item.ItemNameFriendly = $Source.FriendlyName
    $item.ItemNameGuid = $Source.RecoverySourceName
    $item.LocalMountPoint = $Source.RecoverySourceName
    $item.MountPointName = $Source.RecoverySourceName
    $item.Name = $Source.RecoverySourceName
    $item.ServerName = $Source.ServerName
    $item.RecoverySourceId = $Source.RecoverySourceId
    $item.PointInTime = ConvertTo-OBUtc $Point.Time
    $item.RecoveryPointLocalTime = $item.PointInTime.ToLocalTime()
    $item.PointId = $Point.Id
    $item.Path = ConvertTo-OBPointPath $Source.RecoverySourceName
    return $item
}

function ConvertTo-OBChildItem {
    param([OBRecoverableItem] $Parent, [object] $Item)
    $child = Copy-OBItem $Parent $Item.Path $Item.Name $Item.IsFolder
    $child.ItemNameGuid = $Item.Path
    if (-not $Item.IsFolder) {
        $child.ItemSize = [long] $Item.Size
    }
    $child.ItemLastModifiedTime = ConvertTo-OBUtc $Item.Modified
    return $child
}

function Copy-OBItem {
    param([OBRecoverableItem] $From, [string] $Path, [string] $Name, [bool] $IsDir)
    $item = [OBRecoverableItem]::new()
    $item.IsDir = $IsDir
    $item.Name = $Name
    # Back to the way the system writes its paths.
    $item.ItemNameFriendly = if ($Path -match '^[A-Za-z]:') { $Path -replace '/', '\' } else { "/$Path" }
    $item.ItemNameGuid = ''
    $item.LocalMountPoint = $From.LocalMountPoint
    $item.MountPointName = $From.MountPointName
    $item.ServerName = $From.ServerName
    $item.RecoverySourceId = $From.RecoverySourceId
    $item.PointInTime = $From.PointInTime
    $item.RecoveryPointLocalTime = $From.RecoveryPointLocalTime
    $item.PointId = $From.PointId
    $item.Path = $Path
    return $item
}
