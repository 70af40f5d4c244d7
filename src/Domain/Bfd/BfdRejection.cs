namespace Keepalived.Es.Domain.Bfd;

/// <summary>Why a packet is discarded (RFC 5880 section 6.8.6, in its order).</summary>
public enum BfdRejection : byte
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Fewer than 24 bytes arrived.</summary>
    TooShort,

    /// <summary>The version is not 1.</summary>
    WrongVersion,

    /// <summary>The length field is below 24, or 26 with authentication.</summary>
    LengthTooSmall,

    /// <summary>The length field is beyond what arrived.</summary>
    LengthBeyondPayload,

    /// <summary>Detect Mult is 0.</summary>
    ZeroMultiplier,

    /// <summary>The Multipoint bit is set.</summary>
    Multipoint,

    /// <summary>My Discriminator is 0.</summary>
    ZeroMyDiscriminator,

    /// <summary>Your Discriminator is 0 in a state other than Down and AdminDown.</summary>
    ZeroYourDiscriminator,

    /// <summary>The A bit is set; no session here uses authentication.</summary>
    Authenticated,

    /// <summary>No session has the discriminator.</summary>
    UnknownDiscriminator,

    /// <summary>No session has the sender as its neighbor.</summary>
    UnknownNeighbor,

    /// <summary>TTL or hop limit is lower than <c>max_hops</c> allows (RFC 5881 section 5).</summary>
    TooManyHops,
}
