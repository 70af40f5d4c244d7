namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>One try on its way through <see cref="ProbeReactor"/>.</summary>
internal struct ProbeFlight
{
    internal ReactorProbe? Probe;
    internal IProbeSink? Sink;

    /// <summary>The sink's number.</summary>
    internal int Token;

    /// <summary>Counts the uses of this place: reports for a former use are known by it.</summary>
    internal int Generation;

    /// <summary>-1: not open yet.</summary>
    internal int Descriptor;

    /// <summary>By which the answer is known again, where the protocol has a place for it.</summary>
    internal ulong Cookie;

    /// <summary>The socket is raw: packets begin with the header of IP, and others' come too.</summary>
    internal bool IsRaw;
}
