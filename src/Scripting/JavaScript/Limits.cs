namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>Names of the limits, as outcomes and events say them.</summary>
public static class Limits
{
    /// <summary>Time from the call to its end.</summary>
    public const string WallClock = "wall clock";

    /// <summary>Processor time of the worker.</summary>
    public const string CpuTime = "CPU time";

    /// <summary>Bytes of the worker's heap.</summary>
    public const string Heap = "heap";

    /// <summary>Statements executed.</summary>
    public const string Statements = "statements";

    /// <summary>Depth of calls: the stack of the worker.</summary>
    public const string Recursion = "recursion";

    /// <summary>Characters logged and given back.</summary>
    public const string Output = "output";

    /// <summary>Number of host calls.</summary>
    public const string HostCalls = "host calls";

    /// <summary>Bytes of one message between the worker and the daemon.</summary>
    public const string Message = "message";

    /// <summary>Time of one match of a regular expression.</summary>
    public const string Regex = "regular expression";

    /// <summary>Calls that wait for the same file.</summary>
    public const string Waiting = "waiting calls";
}
