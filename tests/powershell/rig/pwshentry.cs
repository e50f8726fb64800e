// The managed entry point that pwshhost.c runs. A program, not a delegate to Start: Start has two
// overloads, and .NET's host cannot choose between them.
public static class Entry
{
    public static int Main(string[] args)
    {
        return Microsoft.PowerShell.UnmanagedPSEntry.Start(args, args.Length);
    }
}
