namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>Takes results of <see cref="ProbeReactor"/> without a task for each.</summary>
internal interface IProbeSink
{
    /// <summary>Called once for each started try, on the reactor's thread: must neither block nor throw. May start further tries.</summary>
    /// <param name="token">The number given at the start.</param>
    void OnProbed(int token, ProbeResult result);
}
