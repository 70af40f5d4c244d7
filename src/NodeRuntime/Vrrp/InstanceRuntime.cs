using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Reload;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>What the loop keeps of one instance. Touched by the loop's thread only.</summary>
internal sealed class InstanceRuntime
{
    internal InstanceRuntime(int index, VrrpInstanceSettings settings)
    {
        Index = index;
        Settings = settings;
        State = VrrpMachine.Initial(settings.Vrrp);
        Recorder = new FlightRecorder(settings.Vrrp);
        Format = new AdvertisementFormat
        {
            Vrid = settings.Vrrp.Vrid,
            Version = settings.Vrrp.Version,
            AdverInterval = settings.Vrrp.AdverInterval,
            Addresses = [.. settings.VirtualAddresses.Select(entry => entry.Address)],
            Password = PasswordBytes(settings.Password),
            Peers = settings.UnicastPeers,
            CheckSource = settings.CheckUnicastSource,
            ChecksumAsVersion2 = settings.Version3ChecksumAsVersion2,
            SkipAddressCheck = settings.SkipCheckAdvertisedAddresses,
        };
        Addresses = [.. settings.VirtualAddresses.Concat(settings.ExcludedAddresses).Select(entry => new HeldAddress(entry, entry.Device ?? settings.Interface))];
        AddressTexts = [.. Addresses.Select(address => address.Entry.ToString())];
        PeerTexts = [.. settings.UnicastPeers.Select(peer => peer.Address.ToString())];
        RunsJavaScript = settings.Notify.Given().Any(given => HookScript.IsInJavaScript(given.Script.Command[0]));
        Devices = [.. Addresses.Select(address => address.Device).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The instance as a reload leaves it: with the state, the addresses and the statistics that it had, and the new settings.</summary>
    internal InstanceRuntime(int index, VrrpInstanceSettings settings, InstanceRuntime former)
        : this(index, settings)
    {
        Former = former;
        State = former.State;
        Recorder = new FlightRecorder(settings.Vrrp, former.State, goesOn: true);
        (OwnFaults, TransitionToken, Digests, Rejections, LowerPriority) =
            (former.OwnFaults, former.TransitionToken, former.Digests, former.Rejections, former.LowerPriority);
        foreach (HeldAddress address in Addresses)
        {
            HeldAddress? known = Array.Find(former.Addresses, other => other.Key == address.Key);
            address.IsNew = known is null;
            if (known is not null)
            {
                address.TakeOver(known);
            }
        }
    }

    internal int Index { get; }

    internal VrrpInstanceSettings Settings { get; }

    internal VrrpConfig Config => Settings.Vrrp;

    internal string Name => Settings.Vrrp.Instance;

    internal AdvertisementFormat Format { get; }

    /// <summary>All addresses that a Master holds, advertised and excluded, in their order.</summary>
    internal HeldAddress[] Addresses { get; }

    /// <summary>Those addresses as <c>ip address</c> prints them.</summary>
    internal string[] AddressTexts { get; }

    /// <summary>Addresses of the unicast peers.</summary>
    internal string[] PeerTexts { get; }

    /// <summary>The devices of those addresses, each once.</summary>
    internal string[] Devices { get; }

    internal VrrpState State { get; set; }

    /// <summary>Fault reasons of its own, without the sync group's.</summary>
    internal FaultReasons OwnFaults { get; set; }

    internal SyncGroupRuntime? Group { get; set; }

    /// <summary>The scripts that it tracks.</summary>
    internal List<(TrackedScript Tracked, ScriptRuntime Script)> Trackers { get; } = [];

    /// <summary>Null while there is no interface to send on.</summary>
    internal SocketPair? Sockets { get; set; }

    internal FlightRecorder Recorder { get; }

    internal PeerDigests Digests { get; } = new();

    internal RejectionCounters Rejections { get; } = new();

    internal LowerPriorityMasters LowerPriority { get; } = new();

    /// <summary>What it was before the reload that is being applied; null: it is new, or no reload is.</summary>
    internal InstanceRuntime? Former { get; set; }

    /// <summary>What has been said of peers that are configured differently.</summary>
    internal AdvertisementNotes Noted { get; set; }

    /// <summary>Token of the newest transition: what follows from it names it as its cause.</summary>
    internal long TransitionToken { get; set; }

    /// <summary>Whether a transition runs hooks in JavaScript.</summary>
    internal bool RunsJavaScript { get; }

    /// <summary>The deadline that the hooks have been rehearsed for.</summary>
    internal TimeSpan Rehearsed { get; set; }

    /// <summary>What is told of the newest transition, once its effects are in force.</summary>
    internal StateNotification? Coming { get; set; }

    private static System.Collections.Immutable.ImmutableArray<byte> PasswordBytes(string? password)
    {
        if (password is null)
        {
            return [];
        }

        byte[] bytes = new byte[AdvertisementCodec.AuthenticationLength];
        System.Text.Encoding.UTF8.GetBytes(password).AsSpan(0, Math.Min(bytes.Length, System.Text.Encoding.UTF8.GetByteCount(password))).CopyTo(bytes);
        return [.. bytes];
    }
}

/// <summary>One virtual address of an instance on its device.</summary>
internal sealed class HeldAddress(AddressEntry entry, string device)
{
    internal AddressEntry Entry { get; } = entry;

    internal string Device { get; } = device;

    internal AddressKey Key { get; } = AddressKey.Of(entry, device);

    /// <summary>The reload that is being applied has added it.</summary>
    internal bool IsNew { get; set; }

    /// <summary>Whether we put it there and nobody has removed it since.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Interface on which it was put.</summary>
    internal int InterfaceIndex { get; set; }

    /// <summary>The kernel's object goes from one entry to another and is left alone.</summary>
    internal void TakeOver(HeldAddress from)
    {
        (IsHeld, InterfaceIndex) = (from.IsHeld, from.InterfaceIndex);
        from.IsHeld = false;
    }
}

/// <summary>A <c>vrrp_sync_group</c> with its members in the order of switching.</summary>
internal sealed class SyncGroupRuntime(SyncGroupSettings settings, InstanceRuntime[] members)
{
    internal SyncGroupSettings Settings { get; } = settings;

    internal InstanceRuntime[] Members { get; } = members;

    /// <summary>The phase that was notified last.</summary>
    internal VrrpPhase NotifiedPhase { get; set; } = VrrpPhase.Initialize;
}
