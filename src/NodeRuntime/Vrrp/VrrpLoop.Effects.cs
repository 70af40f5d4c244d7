using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.Arp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <content>Steps an instance and executes its effects, in their order.</content>
internal sealed partial class VrrpLoop
{
    private void Feed(InstanceRuntime instance, in VrrpInput input, TimeSpan now)
    {
        VrrpState before = instance.State;
        instance.Recorder.Add(now, in input);
        _effects.Clear();
        instance.State = VrrpMachine.Step(instance.Config, before, in input, now, _effects);
        _deadlines.Set(instance.Index, instance.State.NextDeadline);
        bool consult = false;
        foreach (ref readonly VrrpEffect effect in _effects.Items)
        {
            consult |= effect.Kind is VrrpEffectKind.ConsultSyncGroup or VrrpEffectKind.Transition;
            if (effect.Kind == VrrpEffectKind.Transition)
            {
                instance.TransitionToken = _nextToken++;
                instance.Coming = _notifications.OfInstance(instance, in effect);
                RecordTransition(instance, in effect, in before, now);     // the decision first: what follows names it as its cause
            }
        }

        foreach (ref readonly VrrpEffect effect in _effects.Items)
        {
            Execute(instance, in effect, in before);
        }

        if (consult && instance.Group is { } group)
        {
            MoveGroup(group, instance, before.Phase, now);
        }
    }

    private void Execute(InstanceRuntime instance, in VrrpEffect effect, in VrrpState before)
    {
        switch (effect.Kind)
        {
            case VrrpEffectKind.SendAdvertisement:
                Advertise(instance, effect.Priority);
                break;
            case VrrpEffectKind.AddAddresses:
                FlushSends();                                    // the advertisement of a new Master goes out before it takes the addresses
                AddAddresses(instance);
                break;
            case VrrpEffectKind.RemoveAddresses:
                FlushSends();
                RemoveAddresses(instance, before.Phase);
                break;
            case VrrpEffectKind.SendGratuitousArp:
                SendGratuitousArp(instance, effect.Repeat, effect.NewOnly);
                break;
            case VrrpEffectKind.Transition:
                _notify.Publish(instance.Coming!);
                Transitioned?.Invoke(instance.Name, effect.To);
                break;
            case VrrpEffectKind.LowerPriorityHeard:
                ReportLowerPriority(instance, effect.Cause);
                break;
            case VrrpEffectKind.SameAddressHeard:
                Log.SameAddressHeard(instance.Name);
                break;
            case VrrpEffectKind.PriorityChanged:
                ReportPriority(instance, before.Priority, effect.Priority);
                break;
        }
    }

    private void Advertise(InstanceRuntime instance, byte priority)
    {
        if (instance.Sockets is not { } pair || instance.State.Source == RouterAddress.None)
        {
            return;
        }

        instance.Digests.Count(instance.State.Source, priority, MonotonicClock.Now);
        if (instance.Format.Unicast)
        {
            foreach (UnicastPeer peer in instance.Format.Peers)
            {
                AdvertiseTo(instance, pair, peer.Address, priority);
            }
        }
        else
        {
            AdvertiseTo(instance, pair, instance.Settings.MulticastGroup, priority);
        }
    }

    private void AdvertiseTo(InstanceRuntime instance, SocketPair pair, RouterAddress destination, byte priority)
    {
        if (pair != _sendSocket || _send.IsFull)
        {
            FlushSends();
            _sendSocket = pair;
        }

        pair.Send.TryReserve(_send, destination, out Span<byte> payload);
        _sendOwners[_send.Count] = instance;
        var envelope = new AdvertisementEnvelope(instance.State.Source, destination, pair.Endpoint.Ttl);
        _send.Commit(AdvertisementCodec.Encode(payload, instance.Format, priority, in envelope));
    }

    private void FlushSends()
    {
        if (_sendSocket is { } pair && _send.Count > 0 && pair.Send.Flush(_send) > 0)
        {
            ReportSendErrors();
        }

        _send.Clear();
        _sendSocket = null;
    }

    private void AddAddresses(InstanceRuntime instance)
    {
        _routes.Clear();
        foreach (HeldAddress address in instance.Addresses)
        {
            address.InterfaceIndex = _links.TryGet(address.Device, out LinkInfo link) ? link.Index : 0;
            if (!address.IsHeld)
            {
                _routes.AddAddress(Spec(address));
            }
        }

        _kernel.Execute(_routes);
        int command = 0;
        foreach (HeldAddress address in instance.Addresses)
        {
            if (address.IsHeld)
            {
                continue;
            }

            string? error = address.InterfaceIndex == 0 ? $"there is no interface {address.Device}" : _routes.ExplainFailure(command);
            command++;
            address.IsHeld = error is null;
            Record(new AddressAdded(_node, instance.Name, address.Entry.ToString(), address.Device, error), cause: CauseOf(instance));
            if (error is not null)
            {
                Log.AddressRefused(instance.Name, address.Entry.ToString(), address.Device, error);
            }
        }
    }

    /// <summary>Takes off what we hold; at the start also what a daemon that was killed left behind.</summary>
    private void RemoveAddresses(InstanceRuntime instance, VrrpPhase from)
    {
        bool leftOvers = from == VrrpPhase.Initialize;
        var removed = new List<HeldAddress>(instance.Addresses.Length);
        foreach (HeldAddress address in instance.Addresses)
        {
            if (leftOvers && _links.TryGet(address.Device, out LinkInfo link) && _links.Holds(link.Index, address.Entry.Address))
            {
                (address.IsHeld, address.InterfaceIndex) = (true, link.Index);
                Log.LeftOverAddress(instance.Name, address.Entry.ToString(), address.Device);
            }

            if (address.IsHeld)
            {
                removed.Add(address);
            }
        }

        Remove(instance, removed);
    }

    private void Remove(InstanceRuntime instance, List<HeldAddress> removed)
    {
        if (removed.Count == 0)
        {
            return;
        }

        _routes.Clear();
        removed.ForEach(address => _routes.RemoveAddress(Spec(address)));
        _kernel.Execute(_routes);
        for (int i = 0; i < removed.Count; i++)
        {
            removed[i].IsHeld = false;
            Record(
                new AddressRemoved(_node, instance.Name, removed[i].Entry.ToString(), removed[i].Device, _routes.ExplainFailure(i)),
                cause: CauseOf(instance));
        }
    }

    /// <summary>What changes of addresses follow from: the newest transition, or the reload that is being applied.</summary>
    private long CauseOf(InstanceRuntime instance) => Math.Max(instance.TransitionToken, _reload);

    /// <param name="newOnly">For the addresses alone that a reload has added.</param>
    private void SendGratuitousArp(InstanceRuntime instance, int repeat, bool newOnly)
    {
        foreach (string device in instance.Devices)
        {
            if (_links.TryGet(device, out LinkInfo link) && (link.Flags & LinkFlags.NoArp) == 0)
            {
                SendGratuitousArp(instance, in link, repeat, newOnly);
            }
        }
    }

    private void SendGratuitousArp(InstanceRuntime instance, in LinkInfo link, int repeat, bool newOnly)
    {
        int sent = 0;
        int failed = 0;
        int addresses = 0;
        for (int round = 0; round < repeat; round++)
        {
            addresses = 0;
            foreach (HeldAddress address in instance.Addresses)
            {
                if (!address.IsHeld || (newOnly && !address.IsNew) || address.InterfaceIndex != link.Index || !address.Entry.Address.IsIPv4)
                {
                    continue;
                }

                if (_arp.IsFull)
                {
                    failed += FlushArp();
                }

                GratuitousArpSocket.TryAdd(_arp, link.Index, link.Mac, address.Entry.Address);
                addresses++;
                sent++;
            }
        }

        failed += FlushArp();
        if (sent > 0)
        {
            Log.GratuitousArpSent(instance.Name, link.Name, addresses, repeat);
            string? error = failed == 0 ? null : $"{failed} of {sent} messages were refused by the kernel";
            Record(new GratuitousArpSent(_node, instance.Name, link.Name, addresses, sent - failed, error), cause: CauseOf(instance));
        }
    }

    private int FlushArp()
    {
        int failed = _arpSocket.Flush(_arp);
        _arp.Clear();
        return failed;
    }

    private void MoveGroup(SyncGroupRuntime group, InstanceRuntime moved, VrrpPhase before, TimeSpan now)
    {
        Span<VrrpState> states = group.Members.Length <= 16 ? stackalloc VrrpState[group.Members.Length] : new VrrpState[group.Members.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = group.Members[i].State;
        }

        VrrpInputKind? reaction = SyncGroupMachine.React(states, Array.IndexOf(group.Members, moved), before);
        if (reaction is { } kind)
        {
            Log.GroupMoves(group.Settings.Name, kind == VrrpInputKind.SyncToMaster ? "MASTER" : "BACKUP");
            foreach (InstanceRuntime member in group.Members)
            {
                bool already = kind == VrrpInputKind.SyncToBackup ? member.State.Phase != VrrpPhase.Master && !member.State.WantsMaster : member.State.Phase == VrrpPhase.Master;
                if (!already)
                {
                    Feed(member, new VrrpInput(kind), now);
                }
            }
        }

        NotifyGroup(group);
    }

    private static AddressSpec Spec(HeldAddress held) => Spec(held.Entry, held.InterfaceIndex);

    private static AddressSpec Spec(AddressEntry entry, int interfaceIndex)
    {
        AddressSpec spec = AddressSpec.Virtual(interfaceIndex, entry.Address, entry.PrefixLength);
        return spec with
        {
            Scope = entry.Scope,
            Label = entry.Label,
            Broadcast = entry.Broadcast,
            Peer = entry.Peer,
            Flags = entry.NoPrefixRoute ? spec.Flags | AddressFlags.NoPrefixRoute : spec.Flags,
        };
    }

    private bool Record(INodeEvent @event, long token = 0, long cause = 0) =>
        _journal.Record(new NodeOccurrence(@event, DateTimeOffset.UtcNow, MonotonicClock.Now, token, cause));
}
