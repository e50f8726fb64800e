# The data sources of a recovery point, as objects.
function Get-OBPointSource {
    param([object] $Point)
    $document = ConvertFrom-Json $Point.Sources
    foreach ($entry in $document.sources) {
        $source = [OBRecoverableSource]::new()
        $source.FriendlyName = $entry.name
        $source.RecoverySourceName = $entry.name
        $source.ServerName = $document.machine
        $source.RecoverySourceId = $entry.id
        $source
    }
}

function Get-OBAllRecoveryPoints {
    <#
    .SYNOPSIS
    Gets all recovery points of this computer.
    .DESCRIPTION
    Gets the times of all recovery points and what they hold, newest first.
    .EXAMPLE
    Get-OBAllRecoveryPoints | Select-Object -First 1
    .OUTPUTS
    OBBackupInfo
    #>
    [CmdletBinding()]
    param()
    Import-OBPreference $PSCmdlet
    Invoke-OBAgent $PSCmdlet -Call {
        foreach ($point in (Get-OBAgent).RecoveryPoints()) {
            $info = [OBBackupInfo]::new()
            $info.BackupTime = (ConvertTo-OBUtc $point.Time).ToLocalTime()
            $info.DataSources = @(Get-OBPointSource $point | ForEach-Object { $_.RecoverySourceName }) -join ', '
            $info
        }
    }
}

function Get-OBRecoverableSource {
    <#
    .SYNOPSIS
    Gets the data sources that can be restored.
    .DESCRIPTION
    Gets each volume that a recovery point of this computer holds.
    .EXAMPLE
    Get-OBRecoverableSource | Where-Object { $_.FriendlyName -like 'C*' }
    .OUTPUTS
    OBRecoverableSource
    #>
    [CmdletBinding()]
    param()
    Import-OBPreference $PSCmdlet
    Invoke-OBAgent $PSCmdlet -Call {
        $seen = @{}
        foreach ($point in (Get-OBAgent).RecoveryPoints()) {
            foreach ($source in Get-OBPointSource $point) {
                if (-not $seen.ContainsKey($source.RecoverySourceName)) {
                    $seen[$source.RecoverySourceName] = $true
                    $source
                }
            }
        }
    }
}

function Get-OBRecoverableItem {
    <#
    .SYNOPSIS
    Gets recovery points of a data source, and what is in them.
    .DESCRIPTION
    Given a data source, its recovery points, newest first. Given an item, what is in that folder.
    Given a recovery point and a folder, the items below it whose name fits.
    .PARAMETER Source
    A data source of Get-OBRecoverableSource.
    .PARAMETER ParentItem
    A recovery point or a folder in one.
    .PARAMETER RecoveryPoint
    The recovery point to search.
    .PARAMETER Location
    The folder to search below.
    .PARAMETER SearchString
    Name to search for, with * and ?.
    .EXAMPLE
    $points = Get-OBRecoverableSource | Get-OBRecoverableItem
    Get-OBRecoverableItem $points[0]
    .EXAMPLE
    Get-OBRecoverableItem -RecoveryPoint $points[0] -Location C:\Data -SearchString '*.docx'
    .OUTPUTS
    OBRecoverableItem
    #>
    [CmdletBinding(DefaultParameterSetName = 'RecoverySource')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ParameterSetName = 'RecoverySource')]
        [OBRecoverableSource] $Source,

        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ParameterSetName = 'RecoveryBrowse')]
        [OBRecoverableItem] $ParentItem,

        [Parameter(Position = 0, ParameterSetName = 'RecoverySearch')]
        [string] $SearchString = '*',

        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'RecoverySearch')]
        [string] $Location,

        [Parameter(Mandatory = $true, Position = 2, ParameterSetName = 'RecoverySearch')]
        [OBRecoverableItem] $RecoveryPoint
    )
    begin {
        Import-OBPreference $PSCmdlet
    }
    process {
        switch ($PSCmdlet.ParameterSetName) {
            'RecoverySource' {
                Invoke-OBAgent $PSCmdlet -Target $Source -Call {
                    foreach ($point in (Get-OBAgent).RecoveryPoints($Source.RecoverySourceName)) {
                        ConvertTo-OBPointItem $point $Source
                    }
                }
            }
            'RecoveryBrowse' {
                Get-OBChildItem $PSCmdlet $ParentItem $ParentItem.Path ''
            }
            'RecoverySearch' {
                Get-OBChildItem $PSCmdlet $RecoveryPoint (ConvertTo-OBPointPath $Location) $SearchString
            }
        }
    }
}

function Get-OBChildItem {
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [OBRecoverableItem] $Parent, [string] $Path, [string] $Pattern)
    Invoke-OBAgent $Cmdlet -Target $Parent -Call {
        $items = (Get-OBBrowsedPoint $Parent.PointId).Items($Path, $Pattern)
        # By position: an enumerator would keep the items, and with them the opened point.
        for ($i = 0; $i -lt $items.Count; $i++) {
            $item = $items.Item($i)
            ConvertTo-OBChildItem $Parent $item
            [void] [System.Runtime.InteropServices.Marshal]::FinalReleaseComObject($item)
        }
        [void] [System.Runtime.InteropServices.Marshal]::FinalReleaseComObject($items)
    }
}

# The recovery point that was browsed last stays open: the agent has only a few open at a time.
$script:BrowsedPoint = $null

function Get-OBBrowsedPoint {
    param([string] $Id)
    if ($null -ne $script:BrowsedPoint -and $script:BrowsedPoint.Id -ne $Id) {
        [void] [System.Runtime.InteropServices.Marshal]::FinalReleaseComObject($script:BrowsedPoint)
        $script:BrowsedPoint = $null
    }
    if ($null -eq $script:BrowsedPoint) {
        $points = (Get-OBAgent).RecoveryPoints()
        $script:BrowsedPoint = $points.Item($Id)
        [void] [System.Runtime.InteropServices.Marshal]::FinalReleaseComObject($points)
    }
    return $script:BrowsedPoint
}

function New-OBRecoverableItem {
    <#
    .SYNOPSIS
    Names an item of a recovery point without browsing to it.
    .DESCRIPTION
    Makes an item from a recovery point or folder and a path below it.
    .PARAMETER OBRecoverableItem
    The recovery point or folder.
    .PARAMETER RelativePath
    The path below it.
    .PARAMETER IsDir
    Whether it is a folder.
    .EXAMPLE
    New-OBRecoverableItem $points[0] 'Data\cat.jpg' $false
    .OUTPUTS
    OBRecoverableItem
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBRecoverableItem] $OBRecoverableItem,

        [Parameter(Mandatory = $true, Position = 1)]
        [string] $RelativePath,

        [Parameter(Mandatory = $true, Position = 2)]
        [bool] $IsDir
    )
    process {
        $relative = ConvertTo-OBPointPath $RelativePath
        $path = if ($OBRecoverableItem.Path) { "$($OBRecoverableItem.Path)/$relative" } else { $relative }
        Copy-OBItem $OBRecoverableItem $path ($relative -replace '^.*/', '') $IsDir
    }
}

function New-OBRecoveryOption {
    <#
    .SYNOPSIS
    Says how to restore.
    .DESCRIPTION
    Makes the options for Start-OBRecovery.
    .PARAMETER DestinationPath
    Absolute folder to restore into. Left out: where the items were.
    .PARAMETER OverwriteType
    What to do with a file that exists: CreateCopy, Skip or Overwrite.
    .PARAMETER SkipRestoreSecurity
    Leave owner and permissions to the destination.
    .EXAMPLE
    New-OBRecoveryOption -DestinationPath D:\Restored -OverwriteType Skip
    .OUTPUTS
    OBRecoveryOption
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)]
        [string] $DestinationPath = '',

        [Parameter(Position = 1)]
        [ValidateSet('CreateCopy', 'Skip', 'Overwrite')]
        [string] $OverwriteType = 'CreateCopy',

        [Parameter(Position = 2)]
        [switch] $SkipRestoreSecurity
    )
    $option = [OBRecoveryOption]::new()
    $option.DestinationPath = $DestinationPath
    $option.OverwriteType = $OverwriteType
    $option.SkipRestoreSecurity = $SkipRestoreSecurity.IsPresent
    $option
}

function Start-OBRecovery {
    <#
    .SYNOPSIS
    Restores items.
    .DESCRIPTION
    Starts a recovery and waits for it with progress. Items of several recovery points make one job
    each.
    .PARAMETER RecoverableItem
    What to restore: files, folders or whole recovery points.
    .PARAMETER RecoveryOption
    How, as New-OBRecoveryOption says. Left out: in place, keeping files that exist.
    .PARAMETER EncryptionPassphrase
    The passphrase, checked before anything is restored. This computer's own backups need none.
    .PARAMETER Async
    Return the running job at once.
    .EXAMPLE
    Start-OBRecovery -RecoverableItem $item -RecoveryOption (New-OBRecoveryOption -DestinationPath D:\Restored)
    .OUTPUTS
    OBJob
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBRecoverableItem[]] $RecoverableItem,

        [Parameter(Position = 1, ValueFromPipeline = $true)]
        [OBRecoveryOption] $RecoveryOption,

        [Parameter(Position = 2, ValueFromPipeline = $true)]
        [System.Security.SecureString] $EncryptionPassphrase,

        [Parameter(Position = 3)]
        [switch] $Async
    )
    begin {
        Import-OBPreference $PSCmdlet
        $items = New-Object System.Collections.Generic.List[OBRecoverableItem]
    }
    process {
        $items.AddRange($RecoverableItem)
    }
    end {
        if (-not $PSCmdlet.ShouldProcess("$($items.Count) item(s)", 'Restore')) {
            return
        }
        $option = if ($RecoveryOption) { $RecoveryOption } else { New-OBRecoveryOption }
        $mode = @{ CreateCopy = 'copy'; Skip = 'skip'; Overwrite = 'replace' }[$option.OverwriteType]
        $secret = if ($EncryptionPassphrase) { ConvertFrom-OBSecret $EncryptionPassphrase } else { '' }
        foreach ($group in $items | Group-Object -Property PointId) {
            $paths = @($group.Group | ForEach-Object { $_.Path })
            $job = Invoke-OBAgent $PSCmdlet -Target $group.Group -Call {
                $point = (Get-OBAgent).RecoveryPoints().Item($group.Name)
                $chosen = if ($paths -contains '') { $null } else { [string[]] $paths }
                $point.Restore($chosen, $option.DestinationPath, $mode, $option.SkipRestoreSecurity, $secret)
            }
            if ($null -ne $job) {
                Invoke-OBAgent $PSCmdlet -Target $group.Group -Call {
                    Complete-OBJob $PSCmdlet $job 'recovery' 'Online Backup recovery' $Async.IsPresent
                }
            }
        }
    }
}
