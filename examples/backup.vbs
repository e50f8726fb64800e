' Registers this machine, stores a policy, backs up and restores, over the COM library alone.
'
'   cscript //nologo backup.vbs VAULTCREDENTIALS PASSPHRASEFILE FOLDER EXCLUDED DESTINATION
'
' The errors of the agent arrive as those of any object: unhandled they end the script with the
' agent's text, and after "On Error Resume Next" Err.Number and Err.Description have them.
Option Explicit
If WScript.Arguments.Count <> 5 Then
    WScript.Echo "usage: backup.vbs VAULTCREDENTIALS PASSPHRASEFILE FOLDER EXCLUDED DESTINATION"
    WScript.Quit 64
End If

Dim agent, settings, policy, job, points, point, item, registration
Set agent = CreateObject("OnlineBackup.Agent")

' A machine is registered once. Asked about here only to show what an error looks like.
On Error Resume Next
agent.StartBackup
If Err.Number <> 0 Then
    WScript.Echo "before: " & agent.DescribeError(Err.Number).Symbol & ": " & Err.Description
End If
Err.Clear
On Error GoTo 0

Set settings = agent.Settings()
If Not settings.Registered Then
    Set registration = agent.Register(WScript.Arguments(0))
    WScript.Echo "registered with " & registration.VaultName
End If
settings.Refresh
If Not settings.PassphraseSet Then
    settings.SetPassphrase FirstLine(WScript.Arguments(1))
End If

Set policy = agent.NewPolicy()
policy.FileSpecs.Add WScript.Arguments(2)
policy.FileSpecs.Add WScript.Arguments(3), True
policy.Save
WScript.Echo "policy with " & policy.FileSpecs.Count & " file specs"

Set job = agent.StartBackup()
Finish job, "backup"

Set points = agent.RecoveryPoints()
WScript.Echo "points: " & points.Count
For Each point In points
    WScript.Echo "  " & point.Time & " UTC, " & point.Files & " files, " & point.Bytes & " bytes"
Next
Set point = points.Item(0)
For Each item In point.Items(WScript.Arguments(2))
    If item.IsFolder Then
        WScript.Echo "  folder " & item.Name
    Else
        WScript.Echo "  file " & item.Name & ", " & item.Size & " bytes"
    End If
Next

Set job = point.Restore(WScript.Arguments(2), WScript.Arguments(4))
Finish job, "recovery"

' Shows progress until the job has ended.
Sub Finish(job, what)
    Do Until job.Ended
        If job.Refresh(1000) Then
            WScript.Echo what & ": " & job.FilesDone & " of " & job.FilesTotal & " files"
        End If
    Loop
    WScript.Echo what & ": " & job.StateName
    ' 4 completed, 5 completed with warnings: what was not kept or could not be read is in Detail.
    If job.State = 5 Then
        WScript.Echo job.Detail
    ElseIf job.State <> 4 Then
        WScript.Echo job.Status.Message & " " & job.Status.Detail & " " & job.Status.Advice
        WScript.Quit 1
    End If
End Sub

Function FirstLine(path)
    Dim files, file
    Set files = CreateObject("Scripting.FileSystemObject")
    Set file = files.OpenTextFile(path, 1)
    FirstLine = file.ReadLine
    file.Close
End Function
