# The module OnlineBackup: a thin layer over the COM library OnlineBackup.Agent. What a cmdlet says is
# what the agent says; here is only the shape that scripts expect. Windows PowerShell 5.1 and later.

Set-StrictMode -Version 5.0

enum OBJobType {
    Unknown = 0
    Backup = 1
    Recovery = 2
    Prune = 3
    Verification = 4
}

enum OBJobState {
    Unknown = 0
    Started = 1
    Initialized = 2
    InProgress = 3
    Completed = 4
    CompletedWithWarning = 5
    Aborting = 6
    Aborted = 7
    Failed = 8
}

enum OBJobStatusFilter {
    All = 0
    Successful = 3
    Failed = 4
}

enum OBState {
    New = 0
    Existing = 1
}

enum OBPolicyState {
    Valid = 0
    Deleted = 1
    Paused = 2
}

class OBFileSpec {
    [string] $FileName = '*'
    [string] $FilePath
    [string] $FileSpec
    [bool] $IsExclude
    [bool] $IsRecursive

    [string] ToString() {
        $kind = if ($this.IsExclude) { 'Exclude' } else { 'Include' }
        return "FileSpec`nFileName:$($this.FileName)`nFilePath:$($this.FilePath)`n" +
            "FileSpec:$($this.FileSpec)`nIsExclude:$($this.IsExclude)`nIsRecursive:$($this.IsRecursive)`n$kind"
    }
}

class OBDataSource {
    [long] $DataSourceId
    [string] $DataSourceName
    [string] $WriterId
    [string] $ApplicationId
    [OBFileSpec[]] $FileSpec = @()

    [string] ToString() {
        return "DataSource`nDatasourceId:$($this.DataSourceId)`nName:$($this.DataSourceName)`nFileSpec:$($this.FileSpec -join "`n")"
    }
}

class OBPolicy {
    [object] $BackupSchedule
    [OBDataSource[]] $DsList = @()
    [string] $PolicyName
    [object] $RetentionPolicy
    [OBState] $State
    [OBPolicyState] $PolicyState
    hidden [string] $Id

    [string] ToString() { return $this.PolicyName }
}

class OBMachineSetting {
    [object] $ProxySetting
    [object] $EncryptionSetting
    [object] $ThrottlingSetting
}

class OBProgress {
    [long] $Progress
    [long] $Total
    [long] $Changed
}

class OBErrorParam {
    [string] $Name
    [string] $Value
}

class OBErrorInfo {
    [int] $ErrorCode
    [string] $ErrorCategory
    [int] $DetailedErrorCode
    [OBErrorParam[]] $ErrorParamList = @()
}

class OBJobDataSource {
    [string] $DataSourceName
    [long] $DataSourceId

    [string] ToString() { return $this.DataSourceName }
}

class OBDatasourceStatus {
    [OBJobDataSource] $Datasource
    [OBJobState] $JobState
    [datetime] $StartTime
    [datetime] $EndTime
    [OBErrorInfo] $ErrorInfo
    [OBProgress] $ByteProgress
    [OBProgress] $FileProgress
    [char] $DriveLetter
}

class OBJobStatus {
    [OBJobState] $JobState
    [datetime] $StartTime
    [datetime] $EndTime
    [string] $FailedFileLog
    [OBErrorInfo] $ErrorInfo
    [OBDatasourceStatus[]] $DatasourceStatus = @()
}

class OBJob {
    [guid] $JobId
    [OBJobType] $JobType
    [OBJobStatus] $JobStatus
    [object[]] $Warning = @()
    [object[]] $FailedFile = @()

    # The same job read twice is the same job.
    [bool] Equals([object] $other) {
        return $other -is [OBJob] -and $this.JobId -eq $other.JobId
    }

    [int] GetHashCode() { return $this.JobId.GetHashCode() }
}

class OBRecoverableSource {
    [string] $FriendlyName
    [string] $RecoverySourceName
    [string] $ServerName
    [long] $RecoverySourceId
}

class OBRecoverableItem {
    [bool] $IsDir
    [string] $ItemNameFriendly
    [string] $ItemNameGuid
    [string] $LocalMountPoint
    [string] $MountPointName
    [string] $Name
    [datetime] $PointInTime
    [string] $ServerName
    [object] $ItemSize
    [object] $ItemLastModifiedTime
    [bool] $IsExists = $true
    [long] $RecoverySourceId
    [datetime] $RecoveryPointLocalTime
    hidden [string] $PointId
    hidden [string] $Path
}

class OBRecoveryOption {
    [string] $DestinationPath
    [string] $OverwriteType
    [bool] $SkipRestoreSecurity
}

class OBBackupInfo {
    [datetime] $BackupTime
    [string] $DataSources
}

foreach ($folder in 'private', 'public') {
    foreach ($file in Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot $folder) -Filter '*.ps1') {
        . $file.FullName
    }
}
