using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Vrrp;

/// <summary>What both ends of a virtual router agree on, and by which a packet is judged. Made once for an instance.</summary>
public sealed record AdvertisementFormat
{
    public required byte Vrid { get; init; }

    /// <summary>2 or 3.</summary>
    public required byte Version { get; init; }

    /// <summary>Our own Adver_Interval; in version 2 the peer's must be the same (RFC 3768 section 7.1).</summary>
    public required TimeSpan AdverInterval { get; init; }

    /// <summary>The advertised addresses, in the order of the configuration; at most 255.</summary>
    public ImmutableArray<RouterAddress> Addresses { get; init; } = [];

    /// <summary>Version 2 simple text password (RFC 2338): eight bytes, padded with zeros; empty: no authentication.</summary>
    public ImmutableArray<byte> Password { get; init; } = [];

    /// <summary>The configured unicast peers. With any, a packet sent to a group is not for us, and the TTL is not 255 by rule.</summary>
    public ImmutableArray<UnicastPeer> Peers { get; init; } = [];

    /// <summary><c>check_unicast_src</c>: only the peers are heard, within their TTL limits.</summary>
    public bool CheckSource { get; init; }

    public bool Unicast => !Peers.IsEmpty;

    /// <summary><c>v3_checksum_as_v2</c>: send without a pseudo header, accept either form.</summary>
    public bool ChecksumAsVersion2 { get; init; }

    /// <summary><c>skip_check_adv_addr</c>: do not compare the address lists.</summary>
    public bool SkipAddressCheck { get; init; }

    /// <summary>Bytes of the VRRP message that we send.</summary>
    public int Length => AdvertisementCodec.HeaderLength + (4 * Addresses.Length) + (Version == 2 ? AdvertisementCodec.AuthenticationLength : 0);
}

/// <summary>Why a packet was not accepted, in the order of the checks; each has a counter.</summary>
public enum AdvertisementVerdict : byte
{
    Accepted,

    /// <summary>Shorter than its header says, or longer.</summary>
    Length,

    /// <summary>TTL is not 255 (RFC 9568 section 7.1).</summary>
    Ttl,

    /// <summary>Another version than configured.</summary>
    Version,

    /// <summary>Another type than 1, ADVERTISEMENT.</summary>
    Type,

    /// <summary>Another virtual router.</summary>
    Vrid,

    /// <summary>Another authentication type than configured.</summary>
    AuthenticationType,

    /// <summary>The password differs.</summary>
    AuthenticationFailed,

    /// <summary>Version 2: the interval differs from ours, or is zero.</summary>
    AdverInterval,

    Checksum,

    /// <summary>Sent to a group though peers are configured, or to one address though a group is.</summary>
    Destination,

    /// <summary>The source is none of the configured peers, or its TTL is outside the peer's limits.</summary>
    Peer,
}

/// <summary>What is odd about an accepted packet.</summary>
[Flags]
public enum AdvertisementNotes : byte
{
    None = 0,

    /// <summary>The list of addresses is another than ours: the routers are configured differently.</summary>
    AddressesDiffer = 1,

    /// <summary>Version 3: the interval is another than ours; it is adopted.</summary>
    IntervalDiffers = 2,
}

/// <summary>Where a packet came from and went to, out of its IP header.</summary>
/// <param name="Ttl">Time to live on arrival.</param>
public readonly record struct AdvertisementEnvelope(RouterAddress Source, RouterAddress Destination, byte Ttl);
