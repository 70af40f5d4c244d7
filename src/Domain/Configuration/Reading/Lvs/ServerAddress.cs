using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Values that virtual servers, real servers and their checks have in common.</summary>
internal static class ServerAddress
{
    internal const int PortMaximum = 65_535;

    /// <summary>Beyond it keepalived's own timers end.</summary>
    private const decimal TimerMaximum = 4_294_967m;

    private const decimal Microsecond = 0.000001m;

    /// <summary><c>ADDRESS [PORT]</c> from word <paramref name="at"/> on; a port that is not given is null.</summary>
    internal static (RouterAddress? Address, ushort? Port) Read(Statement statement, int at, string what, ValueReader values)
    {
        if (statement.Words.Length <= at)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, $"{what} needs an address");
            return (null, null);
        }

        RouterAddress? address = values.Address(statement, statement.Words[at], what);
        if (statement.Words.Length <= at + 1)
        {
            return (address, null);
        }

        values.IgnoreFrom(statement, at + 2);
        return (address, (ushort?)values.Integer(statement, statement.Words[at + 1], $"port of {what}", 0, PortMaximum));
    }

    /// <summary>A period above zero.</summary>
    internal static TimeSpan? Period(Statement statement, ValueReader values) => values.Seconds(statement, Microsecond, TimerMaximum);

    /// <summary>A delay, which may be zero.</summary>
    internal static TimeSpan? Delay(Statement statement, ValueReader values) => values.Seconds(statement, 0, TimerMaximum);

    /// <summary><c>connect_timeout</c>.</summary>
    internal static TimeSpan? Timeout(Statement statement, ValueReader values) => values.Seconds(statement, Microsecond, 4_294m);

    /// <summary><c>weight</c>.</summary>
    internal static int? Weight(Statement statement, ValueReader values) => (int?)values.Integer(statement, 0, int.MaxValue);

    /// <summary><c>NAT</c>, <c>DR</c> or <c>TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]</c>.</summary>
    internal static Forwarding? ReadForwarding(Statement statement, ValueReader values)
    {
        if (statement.Words.Length < 2)
        {
            values.One(statement);
            return null;
        }

        Word method = statement.Words[1];
        switch (method.Text)
        {
            case "NAT":
                values.IgnoreFrom(statement, 2);
                return Forwarding.Nat;
            case "DR":
                values.IgnoreFrom(statement, 2);
                return Forwarding.DirectRoute;
            case "TUN":
                return ReadTunnel(statement, values);
            default:
                values.Log.Error(
                    DiagnosticCodes.UnknownValue, statement.SpanOf(method), $"{statement.Keyword} '{method.Text}' is unknown, allowed NAT, DR and TUN in capitals");
                return null;
        }
    }

    private static Forwarding? ReadTunnel(Statement statement, ValueReader values)
    {
        var words = new WordCursor(statement, values.Log);
        words.Take();
        words.Take();
        var tunnel = new Forwarding(ForwardingMethod.Tunnel);
        while (!words.AtEnd)
        {
            Word option = words.Take();
            if (ReadTunnelOption(tunnel, option, statement, words, values) is not { } next)
            {
                return null;
            }

            tunnel = next;
        }

        string? wrong = tunnel switch
        {
            { Tunnel: TunnelType.Gue, TunnelPort: 0 } => "type gue needs a port, allowed 1 to 65535",
            { Tunnel: not TunnelType.Gue, TunnelPort: not 0 } => "only type gue has a port",
            { Tunnel: TunnelType.IpIp, Checksum: not TunnelChecksum.None } => "type ipip has no checksum: csum and remcsum are for gue, csum is for gre",
            { Tunnel: TunnelType.Gre, Checksum: TunnelChecksum.Remote } => "type gre has no remcsum, allowed nocsum and csum",
            _ => null,
        };
        if (wrong is not null)
        {
            values.Log.Error(DiagnosticCodes.BadEntry, statement.SpanFrom(1), $"{statement.Keyword} TUN: {wrong}");
            return null;
        }

        return tunnel;
    }

    private static Forwarding? ReadTunnelOption(Forwarding tunnel, Word option, Statement statement, WordCursor words, ValueReader values)
    {
        switch (option.Text)
        {
            case "nocsum":
                return tunnel with { Checksum = TunnelChecksum.None };
            case "csum":
                return tunnel with { Checksum = TunnelChecksum.Full };
            case "remcsum":
                return tunnel with { Checksum = TunnelChecksum.Remote };
            case "port":
                return words.Value(option) is { } port && values.Integer(statement, port, "port of TUN", 1, PortMaximum) is { } number
                    ? tunnel with { TunnelPort = (ushort)number }
                    : null;
            case "type" when words.Value(option) is { } type:
                if (type.Text is "ipip" or "gue" or "gre")
                {
                    return tunnel with { Tunnel = type.Text == "ipip" ? TunnelType.IpIp : type.Text == "gue" ? TunnelType.Gue : TunnelType.Gre };
                }

                values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(type), $"tunnel type '{type.Text}' is unknown, allowed ipip, gue and gre");
                return null;
            case "type":
                return null;
            default:
                values.Log.Error(
                    DiagnosticCodes.UnknownKeyword, statement.SpanOf(option), $"unknown word '{option.Text}' behind TUN, allowed type, port, nocsum, csum and remcsum");
                return null;
        }
    }
}
