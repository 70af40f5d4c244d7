namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>The events from which incidents are found. The bulky ones - recorded inputs, hooks' starts and calls - are not among them.</summary>
internal static class Signs
{
    internal static readonly IReadOnlyList<string> Types =
    [
        "node_started", "node_stopped", "instance_configured", "instance_became_master", "instance_became_backup", "instance_entered_fault", "instance_stopped",
        "priority_changed", "advertisement_digest", "advertisements_rejected", "lower_priority_master_heard", "hook_finished", "quorum_lost", "quorum_gained",
        "virtual_server_removed",
    ];
}
