namespace Keepalived.Es.Domain.Vrrp;

public enum VrrpEffectKind : byte
{
    /// <summary>Send one advertisement with <see cref="VrrpEffect.Priority"/> (0: resign).</summary>
    SendAdvertisement,

    /// <summary>Put the virtual addresses and routes on their interfaces.</summary>
    AddAddresses,

    /// <summary>Take the virtual addresses and routes off.</summary>
    RemoveAddresses,

    /// <summary>Send <see cref="VrrpEffect.Repeat"/> gratuitous ARP messages for each virtual address.</summary>
    SendGratuitousArp,

    /// <summary>The phase changed: log it, record it, notify. Always after the effects that make it true.</summary>
    Transition,

    /// <summary>A Master heard a lower-priority advertisement: log it, <c>notify_master_rx_lower_pri</c>.</summary>
    LowerPriorityHeard,

    /// <summary>Another router announces our priority from our own address: log it.</summary>
    SameAddressHeard,

    /// <summary>The sync group may have to move: ask <see cref="SyncGroupMachine"/>.</summary>
    ConsultSyncGroup,

    /// <summary>The effective priority changed: record it.</summary>
    PriorityChanged,
}

/// <summary>One thing for the shell to do. Effects are executed in their order; it is part of the contract.</summary>
public readonly record struct VrrpEffect(VrrpEffectKind Kind)
{
    public byte Priority { get; init; }

    public int Repeat { get; init; }

    /// <summary>Of <see cref="VrrpEffectKind.SendGratuitousArp"/>: only for the addresses that a reload has added.</summary>
    public bool NewOnly { get; init; }

    public VrrpPhase From { get; init; }

    public VrrpPhase To { get; init; }

    public TransitionReason Reason { get; init; }

    /// <summary>The advertisement that caused it, if one did.</summary>
    public Advertisement Cause { get; init; }
}

/// <summary>Effects of one step, in order. The caller owns it and clears it; it grows once and then allocates nothing.</summary>
public sealed class EffectBuffer
{
    private VrrpEffect[] _items = new VrrpEffect[16];

    public int Count { get; private set; }

    public ReadOnlySpan<VrrpEffect> Items => _items.AsSpan(0, Count);

    public void Add(in VrrpEffect effect)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = effect;
    }

    public void Clear() => Count = 0;
}
