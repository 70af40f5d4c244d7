namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>What one hook's worker may use. All explicit: there is no limit that is not here or named beside its loop.</summary>
public sealed record HookLimits
{
    private const long MiB = 1024 * 1024;
    private const double HourMs = 3_600_000;

    /// <summary>Time of one call, host calls included, 1 ms to 1 h. Default 30 s.</summary>
    public required TimeSpan WallClock { get; init; }

    /// <summary>Processor time of one call, and of loading the file; sampled, so that a call may use some
    /// 50 ms more. 10 ms to 1 h. Default 2 s.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>Bytes of the worker's managed heap. 16 MiB to 4 GiB. Default 64 MiB.</summary>
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

    /// <summary>Bytes of the file, at most 2 MiB. Default 256 KiB.</summary>
    public required int SourceBytes { get; init; }

    /// <summary>Brackets within brackets in the file, at most 1,000. Default 200.</summary>
    public required int Nesting { get; init; }

    /// <summary>Host calls of one call. Default 1,000.</summary>
    public required int HostCalls { get; init; }

    /// <summary>Bytes of one message between the worker and the daemon, such as the arguments of a host call or its
    /// answer. 1 KiB to 8 MiB. Default 1 MiB.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>The first limit that is out of range, in words; null: all are in range.</summary>
    public string? Problem =>
        Range("wall clock, in ms", WallClock.TotalMilliseconds, 1, HourMs)
        ?? Range("CPU time, in ms", CpuTime.TotalMilliseconds, 10, HourMs)
        ?? Range("heap, in bytes", HeapBytes, 16 * MiB, 4096L * MiB)
        ?? Range("statements", Statements, 1, int.MaxValue)
        ?? Range("stack, in bytes", StackBytes, MiB / 16, 64 * MiB)
        ?? Range("output, in characters", OutputCharacters, 0, 16 * MiB)
        ?? Range("source, in bytes", SourceBytes, 1, 2 * MiB)
        ?? Range("nesting", Nesting, 1, 1000)
        ?? Range("host calls", HostCalls, 0, int.MaxValue)
        ?? Range("message, in bytes", MessageBytes, 1024, 8 * MiB);

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

    private static string? Range(string name, double value, double least, double most) =>
        value >= least && value <= most ? null : $"{name}: {value} is out of range, allowed {least} to {most}";
}
