namespace Keepalived.Es.NodeRuntime.Linux.Scheduling;

/// <summary>Something that the operator asked for and the kernel refused. The daemon goes on without it.</summary>
/// <param name="Subject">Keyword or facility: <c>vrrp_rt_priority 50</c>.</param>
/// <param name="Problem">The kernel's words.</param>
/// <param name="Remedy">What the operator can do.</param>
internal sealed record SetupProblem(string Subject, string Problem, string Remedy)
{
    public override string ToString() => $"{Subject}: {Problem}; {Remedy}";
}
