namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>What one hook's worker may use. All explicit: there is no limit that is not here or named beside its loop.</summary>
public sealed record HookLimits
{
    /// <summary>Time of one call, host calls included. Default 30 s.</summary>
    public required TimeSpan WallClock { get; init; }

    /// <summary>Processor time of one call, and of loading the file; sampled, so that a call may use some 50 ms more. Default 2 s.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>Bytes of the worker's managed heap. At least 16 MiB. Default 64 MiB.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Statements of one call, and of the file's top level. Default 1,000,000.</summary>
    public required int Statements { get; init; }

    /// <summary>
    /// Bytes of the stack that the script runs on: the limit of recursion, whether by calls, getters, conversions or nested values. 64 KiB to 64 MiB.
    /// Default 8 MiB, some 2,000 calls deep.
    /// </summary>
    public required int StackBytes { get; init; }

    /// <summary>Characters that one call may log and give back. Default 64 Ki.</summary>
    public required int OutputCharacters { get; init; }

    /// <summary>Bytes of the file. Default 256 KiB.</summary>
    public required int SourceBytes { get; init; }

    /// <summary>Brackets within brackets in the file. Default 200.</summary>
    public required int Nesting { get; init; }

    /// <summary>Host calls of one call. Default 1,000.</summary>
    public required int HostCalls { get; init; }

    /// <summary>Bytes of one message between the worker and the daemon, such as the arguments of a host call or its answer. Default 1 MiB.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>The values named above.</summary>
    public static HookLimits Default { get; } = new()
    {
        WallClock = TimeSpan.FromSeconds(30),
        CpuTime = TimeSpan.FromSeconds(2),
        HeapBytes = 64 * 1024 * 1024,
        Statements = 1_000_000,
        StackBytes = 8 * 1024 * 1024,
        OutputCharacters = 64 * 1024,
        SourceBytes = 256 * 1024,
        Nesting = 200,
        HostCalls = 1000,
        MessageBytes = 1024 * 1024,
    };
}
