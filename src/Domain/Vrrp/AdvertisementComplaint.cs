namespace Keepalived.Es.Domain.Vrrp;

/// <summary>Says in words what is wrong with a rejected packet: the value seen and what is allowed. Never the password.</summary>
public static class AdvertisementComplaint
{
    public static string Of(AdvertisementVerdict verdict, AdvertisementFormat format, in AdvertisementEnvelope envelope, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(format);
        return verdict switch
        {
            AdvertisementVerdict.Length => $"length {message.Length} does not fit its count of addresses",
            AdvertisementVerdict.Ttl => $"TTL {envelope.Ttl}, allowed 255",
            AdvertisementVerdict.Version => $"version {message[0] >> 4}, ours {format.Version}",
            AdvertisementVerdict.Type => $"type {message[0] & 0xF}, allowed 1",
            AdvertisementVerdict.Vrid => $"virtual router {message[1]}, ours {format.Vrid}",
            AdvertisementVerdict.AuthenticationType => $"authentication type {message[4]}, ours {(format.Password.IsEmpty ? 0 : 1)}",
            AdvertisementVerdict.AuthenticationFailed => "the password differs from ours",
            AdvertisementVerdict.AdverInterval when format.Version == 2 => $"advertisement interval {message[5]} s, ours {format.AdverInterval.TotalSeconds} s",
            AdvertisementVerdict.AdverInterval => "advertisement interval 0, allowed 0.01 to 40.95 s",
            AdvertisementVerdict.Checksum => "wrong checksum",
            AdvertisementVerdict.Destination when format.Unicast => $"sent to the group {envelope.Destination}, but unicast peers are configured",
            AdvertisementVerdict.Destination => $"sent to {envelope.Destination}, but no unicast peers are configured",
            AdvertisementVerdict.Peer => $"from {envelope.Source} with TTL {envelope.Ttl}, which is no configured peer or outside its TTL limits",
            _ => verdict.ToString(),
        };
    }
}
