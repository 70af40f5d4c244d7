using System.Collections.Immutable;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>One instance of one node, as far as incidents depend on it.</summary>
/// <param name="Source">Its primary address.</param>
/// <param name="Addresses">Virtual addresses as configured.</param>
/// <param name="Since">Of the phase.</param>
/// <param name="LastWord">Latest moment of which it has told anything.</param>
/// <param name="Word">Record of its last transition or configuration.</param>
/// <param name="Boot">The node's boot that told all this.</param>
/// <param name="Heard">Addresses of other routers that it has heard in this boot, and when last.</param>
/// <param name="Rejected">What it has dropped or found odd, latest last.</param>
/// <param name="Starting">When the node's daemon started, as long as it has not told of this instance; null: it has, or does not run.</param>
public sealed record MemberFacts(
    string Node, string Instance, RouterAddress Source, ImmutableList<string> Addresses, byte Version, TimeSpan AdverInterval,
    TimeSpan MasterDownInterval, VrrpPhase Phase, FaultReasons Faults, bool IsStopped, DateTimeOffset Since, DateTimeOffset LastWord, string Word,
    string Boot, ImmutableSortedDictionary<string, DateTimeOffset> Heard, ImmutableList<Rejection> Rejected, DateTimeOffset? Starting = null)
{
    /// <summary>Key of the member in its history.</summary>
    public static string KeyOf(string node, string instance) => $"{node}/{instance}";

    public bool IsIPv4 => Source.IsIPv4;
}

/// <summary>Packets that a member dropped or found odd.</summary>
/// <param name="Word">Record that says so.</param>
public sealed record Rejection(DateTimeOffset At, string Peer, string Reason, string Detail, string Word);
