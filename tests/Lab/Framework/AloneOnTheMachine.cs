namespace Keepalived.Es.Lab.Framework;

/// <summary>Tests that load the machine: they run after all others, so that nobody's timers are late because of them.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine;
