namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>The few events from which the board is folded. An index of <c>kes_node_events</c> has the same list.</summary>
internal static class Landmarks
{
    internal static readonly IReadOnlyList<string> Types =
    [
        "node_started", "node_stopped", "instance_configured", "instance_became_master", "instance_became_backup", "instance_entered_fault", "instance_stopped",
        "priority_changed", "virtual_server_configured", "virtual_server_removed", "real_server_up", "real_server_down", "real_server_weight_changed",
        "real_server_drained", "quorum_gained", "quorum_lost",
    ];

    /// <summary>The same for a condition in SQL: <c>('node_started', …)</c>.</summary>
    internal static readonly string Sql = $"('{string.Join("', '", Types)}')";
}
