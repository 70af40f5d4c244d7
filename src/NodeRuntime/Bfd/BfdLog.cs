using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>What the log says of BFD sessions, in keepalived's words where it has some.</summary>
internal static class BfdLog
{
    internal static void Changed(string session, in BfdEffect change)
    {
        string why = change.To is BfdSessionState.Down or BfdSessionState.AdminDown && change.Diagnostic != BfdDiagnostic.None
            ? $" (Local diagnostic - {TextOf(change.Diagnostic)}, Remote diagnostic - {TextOf(change.RemoteDiagnostic)})"
            : "";
        if (change.To == BfdSessionState.Init)
        {
            Serilog.Log.Debug("({Session:l}) Entering {To:l} state", session, TextOf(change.To));
        }
        else
        {
            Serilog.Log.Information("({Session:l}) Entering {To:l} state{Why:l}", session, TextOf(change.To), why);
        }
    }

    internal static void Expired(string session, TimeSpan detectionTime, TimeSpan overdue) => Serilog.Log.Information(
        "({Session:l}) Expired after {Milliseconds} ms ({Overdue} usec overdue)", session, (long)detectionTime.TotalMilliseconds, (long)overdue.TotalMicroseconds);

    internal static void PollStarted(string session) => Serilog.Log.Debug("({Session:l}) Starting poll sequence", session);

    internal static void NotSent(string session, string neighbor, int errno) =>
        Serilog.Log.Warning("({Session:l}) Error sending packet to {Neighbor:l}: {Problem:l}; it is tried again", session, neighbor, Errno.Describe(errno));

    internal static void SentAgain(string session, string neighbor) => Serilog.Log.Information("({Session:l}) Packets to {Neighbor:l} are sent again", session, neighbor);

    internal static void Listens(BfdListenerKey listener) => Serilog.Log.Information("BFD over {Family:l}: port {Port} is ours now", listener.Family, listener.Port);

    internal static void Rejected(BfdRejection reason, long count, string from) =>
        Serilog.Log.Warning("Discarded {Count} BFD packets, the last from {Peer:l}: {Reason:l}", count, from, TextOf(reason));

    internal static void Broken(Exception e) => Serilog.Log.Error(e, "The loop of the BFD sessions broke; sessions are down for their neighbors");

    internal static void SwitchedOff(string server, string session) => Serilog.Log.Warning(
        "{RealServer:l} stays down: BFD_CHECK {Session:l} hears nothing, since BFD is switched off (--no_bfd)", server, session);

    internal static string TextOf(BfdSessionState state) => state == BfdSessionState.AdminDown ? "Admin Down" : state.ToString();

    /// <summary>RFC 5880 section 4.1.</summary>
    internal static string TextOf(BfdDiagnostic diagnostic) => diagnostic switch
    {
        BfdDiagnostic.None => "No Diagnostic",
        BfdDiagnostic.ControlDetectionTimeExpired => "Control Detection Time Expired",
        BfdDiagnostic.EchoFunctionFailed => "Echo Function Failed",
        BfdDiagnostic.NeighborSignaledSessionDown => "Neighbor Signaled Session Down",
        BfdDiagnostic.ForwardingPlaneReset => "Forwarding Plane Reset",
        BfdDiagnostic.PathDown => "Path Down",
        BfdDiagnostic.ConcatenatedPathDown => "Concatenated Path Down",
        BfdDiagnostic.AdministrativelyDown => "Administratively Down",
        BfdDiagnostic.ReverseConcatenatedPathDown => "Reverse Concatenated Path Down",
        _ => $"reserved ({(int)diagnostic})",
    };

    private static string TextOf(BfdRejection reason) => reason switch
    {
        BfdRejection.TooShort => "shorter than 24 bytes",
        BfdRejection.WrongVersion => "the version is not 1",
        BfdRejection.LengthTooSmall => "its length field is too small",
        BfdRejection.LengthBeyondPayload => "its length field is beyond the datagram",
        BfdRejection.ZeroMultiplier => "the detect multiplier is 0",
        BfdRejection.Multipoint => "the multipoint bit is set",
        BfdRejection.ZeroMyDiscriminator => "its own discriminator is 0",
        BfdRejection.ZeroYourDiscriminator => "our discriminator is 0 in a state that needs it",
        BfdRejection.Authenticated => "it is authenticated, which no session here is",
        BfdRejection.UnknownDiscriminator => "no session has its discriminator; after a restart that is so until the neighbor notices",
        BfdRejection.UnknownNeighbor => "no bfd_instance has it as neighbor_ip",
        BfdRejection.TooManyHops => "its TTL is lower than ttl and max_hops of the bfd_instance allow",
        _ => reason.ToString(),
    };
}
