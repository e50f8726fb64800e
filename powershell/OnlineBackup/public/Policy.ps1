# True for a policy that the agent knows. A pipe from Get-OBPolicy without a policy gives $null or
# nothing, and a policy that was not stored has no name: that must not become the default policy.
function Test-OBStoredPolicy {
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [OBPolicy] $Policy)
    if ($null -eq $Policy) {
        Invoke-OBAgent $Cmdlet -Call { Write-OBStatus $Cmdlet (Get-OBAgent).DescribeError(0x80040219) $null }
        return $false
    }
    if ($Policy.State -eq 'New') {
        Write-OBError $Cmdlet 'PolicyNotStored' 'This policy is not stored yet; Set-OBPolicy stores it.' `
            'InvalidOperation' $Policy
        return $false
    }
    return $true
}

function New-OBPolicy {
    <#
    .SYNOPSIS
    Makes a backup policy.
    .DESCRIPTION
    Makes an empty policy. Add file specs to it and store it with Set-OBPolicy.
    .EXAMPLE
    New-OBPolicy | Add-OBFileSpec -FileSpec (New-OBFileSpec -FileSpec C:\Data) | Set-OBPolicy -Confirm:$false
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding()]
    param()
    [OBPolicy]::new()
}

function Get-OBPolicy {
    <#
    .SYNOPSIS
    Gets the backup policy of this computer.
    .DESCRIPTION
    Gets the stored backup policy, or nothing if none is set.
    .EXAMPLE
    Get-OBPolicy | Get-OBFileSpec
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding()]
    param()
    Import-OBPreference $PSCmdlet
    # No policy, or not registered: nothing, as scripts expect.
    $stored = Invoke-OBAgent $PSCmdlet -Quiet '80040219', '80040210' -Call { (Get-OBAgent).GetPolicy() }
    if ($null -ne $stored) {
        $policy = [OBPolicy]::new()
        Update-OBPolicy $policy $stored.Document
        $policy
    }
}

function Set-OBPolicy {
    <#
    .SYNOPSIS
    Stores a backup policy.
    .DESCRIPTION
    Stores a new or changed policy with the agent; it is used from the next backup on.
    .PARAMETER Policy
    The policy.
    .PARAMETER SecurityPIN
    PIN of the vault for critical changes; blank means none.
    .EXAMPLE
    Set-OBPolicy -Policy $policy -Confirm:$false
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [OBPolicy] $Policy,

        [AllowEmptyString()]
        [string] $SecurityPIN = ''
    )
    begin {
        Import-OBPreference $PSCmdlet
    }
    process {
        if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Store the backup policy')) {
            return
        }
        $document = Invoke-OBAgent $PSCmdlet -Target $Policy -Call {
            $stored = (Get-OBAgent).NewPolicy($Policy.PolicyName)
            $stored.State = if ($Policy.PolicyState -eq 'Paused') { 'paused' } else { 'valid' }
            foreach ($spec in Get-OBPolicySpec $Policy) {
                [void] $stored.FileSpecs.Add($spec.FileSpec, $spec.IsExclude, $spec.IsRecursive)
            }
            $stored.Save()
            $stored.Document
        }
        if ($document) {
            Update-OBPolicy $Policy $document
            $Policy
        }
    }
}

function Remove-OBPolicy {
    <#
    .SYNOPSIS
    Removes the backup policy of this computer.
    .DESCRIPTION
    Removes the stored policy. Recovery points that were made stay.
    .PARAMETER Policy
    The policy.
    .PARAMETER SecurityPIN
    PIN of the vault for critical changes; blank means none.
    .EXAMPLE
    Get-OBPolicy | Remove-OBPolicy -Confirm:$false
    .OUTPUTS
    OBPolicy
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [AllowNull()]
        [OBPolicy] $Policy,

        [AllowEmptyString()]
        [string] $SecurityPIN = ''
    )
    begin {
        Import-OBPreference $PSCmdlet
        $given = -not $PSCmdlet.MyInvocation.ExpectingInput
    }
    process {
        $given = $true
        if (-not (Test-OBStoredPolicy $PSCmdlet $Policy) -or
            -not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Remove the backup policy')) {
            return
        }
        $removed = Invoke-OBAgent $PSCmdlet -Target $Policy -Call {
            (Get-OBAgent).GetPolicy($Policy.PolicyName).Remove()
            $true
        }
        if ($removed) {
            $Policy.PolicyState = 'Deleted'
            $Policy
        }
    }
    end {
        if (-not $given) {
            [void] (Test-OBStoredPolicy $PSCmdlet $null)
        }
    }
}
