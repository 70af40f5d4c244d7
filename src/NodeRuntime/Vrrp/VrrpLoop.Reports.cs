using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <content>What the loop tells the journal, the log and the notify handlers.</content>
internal sealed partial class VrrpLoop
{
    private void ReportConfigured(InstanceRuntime instance, RouterAddress source) => Record(new InstanceConfigured(
        _node,
        instance.Name,
        instance.Settings.Interface,
        source,
        [.. instance.Addresses.Select(address => address.Entry.ToString())],
        [.. instance.Settings.UnicastPeers.Select(peer => peer.Address.ToString())],
        instance.Config,
        instance.Former?.State.Phase,
        instance.Former is { } former && former.Name != instance.Name && !Array.Exists(_instances, other => other.Name == former.Name) ? former.Name : null),
        cause: _reload);

    private void RecordTransition(InstanceRuntime instance, in VrrpEffect effect, in VrrpState before, TimeSpan now)
    {
        VrrpState after = instance.State;
        Record(TransitionEvents.From(_node, instance.Config, in before, in after, in effect, now), token: instance.TransitionToken, cause: _cause);
        _notify.Announce(instance.Coming!);
        Record(instance.Recorder.Window(_node, instance.Name, in after), cause: instance.TransitionToken);
        TransitionLog.Write(_node, instance.Config, instance.Settings.Interface, in effect, in before, in after);
    }

    private void NotifyGroup(SyncGroupRuntime group)
    {
        VrrpPhase phase = group.Members[0].State.Phase;
        if (phase != group.NotifiedPhase && group.Members.All(member => member.State.Phase == phase))
        {
            _notify.Publish(_notifications.OfGroup(group, group.NotifiedPhase, phase));
            group.NotifiedPhase = phase;
        }
    }

    private void ReportLowerPriority(InstanceRuntime instance, Advertisement heard)
    {
        Log.LowerPriorityHeard(instance.Name, heard, instance.State.Priority, instance.Config.LowerPriorityNoAdvert);
        if (instance.LowerPriority.Count(heard.Source, heard.Priority, MonotonicClock.Now))
        {
            Record(new LowerPriorityMasterHeard(_node, instance.Name, heard.Source, heard.Priority, instance.State.Priority));
        }

        _notify.Publish(_notifications.OfLowerPriority(instance));
    }

    private void ReportPriority(InstanceRuntime instance, byte from, byte to)
    {
        Log.PriorityChanged(instance.Name, from, to);
        Record(new PriorityChanged(_node, instance.Name, from, to, instance.Config.Priority, ContributionsOf(instance)), cause: _cause);
        if (instance.Settings.NotifyPriorityChanges && instance.State.Phase is VrrpPhase.Master or VrrpPhase.Backup)
        {
            _notify.Publish(Notifications.OfPriority(instance));
        }
    }

    private void Reject(InstanceRuntime instance, AdvertisementVerdict verdict, in AdvertisementEnvelope envelope, ReadOnlySpan<byte> message)
    {
        if (instance.Rejections.Count(verdict, envelope.Source))
        {
            ReportRejection(instance, verdict, AdvertisementComplaint.Of(verdict, instance.Format, in envelope, message));
        }
    }

    private void ReportRejection(InstanceRuntime instance, AdvertisementVerdict verdict, string detail)
    {
        (int count, RouterAddress peer) = instance.Rejections.Take(verdict);
        if (count > 0)
        {
            Log.AdvertisementRejected(instance.Name, peer, detail, count);
            Record(new AdvertisementsRejected(_node, instance.Name, peer, verdict.ToString(), detail, count));
        }
        else
        {
            instance.Rejections.Rearm(verdict);
        }
    }

    /// <summary>Once for each kind and instance: the peers are configured differently, and the address fails over all the same.</summary>
    private void ReportNotes(InstanceRuntime instance, in Advertisement heard, AdvertisementNotes notes)
    {
        foreach (AdvertisementNotes note in (ReadOnlySpan<AdvertisementNotes>)[AdvertisementNotes.AddressesDiffer, AdvertisementNotes.IntervalDiffers])
        {
            if ((notes & note & ~instance.Noted) != 0)
            {
                instance.Noted |= note;
                string detail = note == AdvertisementNotes.AddressesDiffer
                    ? "its list of virtual addresses is another than ours; accepted all the same"
                    : $"its advertisement interval is {heard.AdverInterval.TotalSeconds:0.##} s, ours {instance.Config.AdverInterval.TotalSeconds:0.##} s; adopted";
                Log.PeerDiffers(instance.Name, heard.Source, detail);
                Record(new AdvertisementsRejected(_node, instance.Name, heard.Source, note.ToString(), detail, 0));
            }
        }
    }

    private void ReportSendErrors()
    {
        ReadOnlySpan<int> errors = _send.Errors;
        for (int i = 0; i < errors.Length; i++)
        {
            if (errors[i] != 0)
            {
                Log.SendFailed(_sendOwners[i]!.Name, Linux.Interop.Errno.Describe(errors[i]));
            }
        }
    }

    private void ReportLink(InstanceRuntime instance)
    {
        string state = (instance.OwnFaults & FaultReasons.InterfaceMissing) != 0 ? "missing"
            : (instance.OwnFaults & FaultReasons.InterfaceDown) != 0 ? "down" : "up";
        if (_reportedLinks.TryGetValue(instance.Settings.Interface, out string? known) && known == state)
        {
            return;
        }

        _reportedLinks[instance.Settings.Interface] = state;
        Log.LinkChanged(instance.Settings.Interface, state);
        Record(new LinkChanged(_node, instance.Settings.Interface, state));
    }

    private readonly Dictionary<string, string> _reportedLinks = new(StringComparer.Ordinal);

    private void ReportLateness(TimeSpan now)
    {
        foreach (InstanceRuntime instance in _instances)
        {
            TimeSpan due = instance.State.NextDeadline;
            if (now - due > TimerLate.Tolerated(instance.Config))
            {
                Record(new TimerLate(_node, instance.Name, due, now - due));
            }
        }
    }

    private void ReportQuietTimes(TimeSpan now)
    {
        foreach (InstanceRuntime instance in _instances)
        {
            instance.Digests.Flush(_node, instance.Name, _digestsFrom, now, digest => Record(digest));
            instance.LowerPriority.Flush(heard => Record(new LowerPriorityMasterHeard(
                _node, instance.Name, heard.Peer, heard.Priority, instance.State.Priority, heard.Count, heard.From, heard.To)));
            foreach (AdvertisementVerdict verdict in Enum.GetValues<AdvertisementVerdict>())
            {
                if (verdict != AdvertisementVerdict.Accepted)
                {
                    ReportRejection(instance, verdict, "more of the same");
                }
            }
        }

        _digestsFrom = now;
    }
}
