namespace Keepalived.Es.Domain.Configuration.Lvs;

/// <summary>A virtual server whose block has moved down or up in its file.</summary>
internal static class PlaceShift
{
    /// <param name="lines">Down when positive.</param>
    internal static VirtualServerSettings Of(VirtualServerSettings server, int lines) => server with
    {
        Span = Of(server.Span, lines),
        RealServers = [.. server.RealServers.Select(real => Of(real, lines))],
        SorryServer = server.SorryServer is { } sorry ? sorry with { Span = Of(sorry.Span, lines) } : null,
        QuorumUp = Of(server.QuorumUp, lines),
        QuorumDown = Of(server.QuorumDown, lines),
    };

    private static RealServerSettings Of(RealServerSettings real, int lines) => real with
    {
        Span = Of(real.Span, lines),
        NotifyUp = Of(real.NotifyUp, lines),
        NotifyDown = Of(real.NotifyDown, lines),
        Checks = [.. real.Checks.Select(check => Of(check, lines))],
    };

    private static CheckSettings Of(CheckSettings check, int lines)
    {
        CheckSettings moved = check with { Span = Of(check.Span, lines) };
        return moved is MiscCheckSettings misc ? misc with { Script = Of(misc.Script, lines)! } : moved;
    }

    private static ScriptCommand? Of(ScriptCommand? script, int lines) => script is null ? null : script with { Span = Of(script.Span, lines) };

    private static SourceSpan Of(SourceSpan span, int lines) => span with { Line = span.Line + lines };
}
