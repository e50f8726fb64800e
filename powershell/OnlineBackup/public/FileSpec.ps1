function New-OBFileSpec {
    <#
    .SYNOPSIS
    Makes file specs.
    .DESCRIPTION
    Makes file specs that include or exclude folders and files. The most specific spec decides.
    .PARAMETER FileSpec
    Absolute paths of folders or files; the last part may hold * and ?.
    .PARAMETER NonRecursive
    Only the files directly in the folder.
    .PARAMETER Exclude
    Leave it out instead.
    .EXAMPLE
    New-OBFileSpec -FileSpec C:\Data, D:\
    .EXAMPLE
    New-OBFileSpec -FileSpec C:\Data\*.tmp -Exclude
    .OUTPUTS
    OBFileSpec
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [AllowNull()]
        [AllowEmptyString()]
        [string[]] $FileSpec,

        [Parameter(Position = 1)]
        [switch] $NonRecursive,

        [Parameter(Position = 2)]
        [switch] $Exclude
    )
    process {
        # Scripts build the list from drives and the like; an empty entry in it selects nothing.
        foreach ($path in $FileSpec | Where-Object { $_ }) {
            ConvertTo-OBFileSpecObject $path $Exclude.IsPresent (-not $NonRecursive.IsPresent)
        }
    }
}

function Add-OBFileSpec {
    <#
    .SYNOPSIS
    Adds file specs to a policy.
    .DESCRIPTION
    Adds file specs to the policy object that is given, and returns it. Set-OBPolicy stores it.
    .PARAMETER Policy
    The policy.
    .PARAMETER FileSpec
    The file specs.
    .EXAMPLE
    New-OBFileSpec -FileSpec C:\Data | Add-OBFileSpec -Policy $policy
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBPolicy] $Policy,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipeline = $true)]
        [OBFileSpec[]] $FileSpec
    )
    begin {
        Import-OBPreference $PSCmdlet
        $changed = $null
    }
    process {
        if ($PSCmdlet.ShouldProcess($Policy.PolicyName, 'Add file specs')) {
            Set-OBPolicySpec $Policy (@(Get-OBPolicySpec $Policy) + $FileSpec)
            $changed = $Policy
        }
    }
    end {
        if ($null -ne $changed) {
            $changed
        }
    }
}

function Remove-OBFileSpec {
    <#
    .SYNOPSIS
    Removes file specs from a policy.
    .DESCRIPTION
    Removes file specs from the policy object that is given, and returns it. Set-OBPolicy stores it.
    .PARAMETER Policy
    The policy.
    .PARAMETER FileSpec
    The file specs.
    .EXAMPLE
    Get-OBFileSpec -Policy $policy | Remove-OBFileSpec -Policy $policy
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBPolicy] $Policy,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipeline = $true)]
        [OBFileSpec[]] $FileSpec
    )
    begin {
        Import-OBPreference $PSCmdlet
        $changed = $null
    }
    process {
        if ($PSCmdlet.ShouldProcess($Policy.PolicyName, 'Remove file specs')) {
            $rest = @(Get-OBPolicySpec $Policy | Where-Object {
                    $kept = $_
                    -not ($FileSpec | Where-Object {
                            $_.FileSpec -eq $kept.FileSpec -and $_.IsExclude -eq $kept.IsExclude
                        })
                })
            Set-OBPolicySpec $Policy $rest
            $changed = $Policy
        }
    }
    end {
        if ($null -ne $changed) {
            $changed
        }
    }
}

function Get-OBFileSpec {
    <#
    .SYNOPSIS
    Gets the file specs of a policy.
    .DESCRIPTION
    Gets the file specs of a policy.
    .PARAMETER Policy
    The policy.
    .EXAMPLE
    (Get-OBPolicy | Get-OBFileSpec).FileSpec
    .OUTPUTS
    OBFileSpec
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBPolicy] $Policy
    )
    process {
        Get-OBPolicySpec $Policy
    }
}
