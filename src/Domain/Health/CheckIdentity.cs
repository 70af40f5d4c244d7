using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Health;

/// <summary>What makes a check the same at a reload: everything that it was configured with, except the place in the file.</summary>
public static class CheckIdentity
{
    /// <summary>Equal for equal checks.</summary>
    public static string Of(CheckSettings check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return $"{check.Kind}|{check.Timing}|{check.Alpha}|{check.LogAllFailures}|{(check is NetworkCheckSettings network ? network.Target : "")}|{Rest(check)}";
    }

    private static string Rest(CheckSettings check) => check switch
    {
        HttpCheckSettings http =>
            $"{http.VirtualHost}|{http.Protocol}|{http.EnableSni}|{http.SniName}|{http.FastRecovery}|{string.Join('\u001e', http.Urls.Select(Url))}",
        SmtpCheckSettings smtp => smtp.HeloName,
        DnsCheckSettings dns => $"{dns.Type}|{dns.Name}",
        UdpCheckSettings udp =>
            $"{Convert.ToHexString(udp.Payload.AsSpan())}|{udp.RequireReply}|{Convert.ToHexString(udp.Reply.AsSpan())}|{Convert.ToHexString(udp.ReplyMask.AsSpan())}"
            + $"|{udp.MinimumReplyLength}|{udp.MaximumReplyLength}",
        MiscCheckSettings misc => $"{Script(misc.Script)}|{misc.Timeout}|{misc.Dynamic}",
        FileCheckSettings file => $"{file.TrackFile}|{file.Weight}|{file.Reverse}",
        BfdCheckSettings bfd => bfd.Session,
        _ => "",
    };

    private static string Url(HttpUrlSettings url) =>
        $"{url.Path}|{url.Digest}|{string.Join(',', url.StatusCodes)}|{url.VirtualHost}|{url.TlsCompliant}|"
        + (url.Regex is { } regex
            ? $"{regex.Pattern}|{regex.NoMatch}|{string.Join(',', regex.Options)}|{regex.MinimumOffset}|{regex.MaximumOffset}|{regex.StackStart}|{regex.StackMaximum}"
            : "");

    private static string Script(ScriptCommand script) => $"{string.Join('\u001f', script.Command)}|{script.User}|{script.Group}";
}
