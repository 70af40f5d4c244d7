using System.Globalization;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Pieces that many pages have. Times are UTC.</summary>
internal static class WebParts
{
    private static readonly TimeText Times = new(TimeZoneInfo.Utc);

    internal static WebSession SessionOf(HttpContext http) => (WebSession)http.Items[typeof(WebSession)]!;

    /// <summary>"2026-11-23 14:02:11.612".</summary>
    internal static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>For a URL, exact.</summary>
    internal static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    internal static Markup Time(DateTimeOffset at) => Markup.Of($"""<time datetime="{Exact(at)}">{Moment(at)}</time>""");

    /// <summary>A moment that somebody wrote: <c>now</c>, an age, a time of today, or a date and time; UTC.</summary>
    /// <exception cref="ViewException">None of these.</exception>
    internal static DateTimeOffset Read(string text, DateTimeOffset now)
    {
        try
        {
            return Times.Parse(text.Trim(), now);
        }
        catch (CliException malformed)
        {
            throw new ViewException(malformed.Message, missing: false);
        }
    }

    /// <summary>A stretch that somebody wrote; what is left out is a day up to now.</summary>
    /// <exception cref="ViewException">Not of the form, or from is not before to.</exception>
    internal static Stretch Read(string? from, string? to, DateTimeOffset now, TimeSpan length)
    {
        now = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        DateTimeOffset end = string.IsNullOrWhiteSpace(to) ? now : Read(to, now);
        end = end > now ? now : end;
        DateTimeOffset start = string.IsNullOrWhiteSpace(from) ? end - length : Read(from, now);
        return start < end ? new Stretch(start, end) : throw new ViewException($"from '{from}', to '{to}': from must be before to, and before now", missing: false);
    }

    internal static Markup Badge(string kind, string text) => Markup.Of($"""<span class="badge {kind}">{text}</span>""");

    internal static Markup Phase(MemberPhase phase, MemberPhase lastSaid) => Badge($"{phase}", ViewWords.Phase(phase, lastSaid));

    internal static Markup Node(string node, DateTimeOffset? at = null) => Markup.Of($"""<a class="one" href="/nodes/{Uri.EscapeDataString(node)}{At(at)}">{node}</a>""");

    internal static Markup Instance(string node, string instance) =>
        Markup.Of($"""<a href="/instances/{Uri.EscapeDataString(node)}/{Uri.EscapeDataString(instance)}">{instance}</a>""");

    internal static Markup Address(string configured) =>
        Markup.Of($"""<a href="/addresses/{Uri.EscapeDataString(VirtualAddress.Bare(configured))}">{configured}</a>""");

    internal static Markup Addresses(IEnumerable<string> configured) => Markup.Join(configured.Select((address, index) => index == 0 ? Address(address) : Markup.Of($", {Address(address)}")));

    internal static string Site(string site) => site == NodeRegister.DefaultSite ? "" : site;

    /// <summary>A table that scrolls by itself where it is wider than the page; on a narrow screen each row becomes a list, with the column's name before each cell.</summary>
    /// <param name="titled">False: a heading above says the caption already, which is only read aloud.</param>
    internal static Markup Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Markup>> rows, bool titled = true) => Markup.Of($"""
        <div class="scroll"><table role="table"><caption{(titled ? Markup.Empty : new Markup(" class=\"aloud\""))}>{caption}</caption>
        <thead><tr role="row">{Markup.Join(columns.Select(column => Markup.Of($"""<th scope="col" role="columnheader">{column}</th>""")))}</tr></thead>
        <tbody>{Markup.Join(rows.Select(row => Markup.Of($"""<tr role="row">{Markup.Join(row.Select((cell, index) =>
            Markup.Of($"""<td role="cell" data-label="{columns[index]}">{Markup.If(cell.Html.Length > 0, () => Markup.Of($"<div>{cell}</div>"))}</td>""")))}</tr>""")))}</tbody></table></div>
        """);

    internal static Markup Span(TimeSpan span) => Markup.Of($"""<span class="one">{Durations.Text(span)}</span>""");

    internal static Markup Cell(object? value) => Markup.Of($"{value}");

    internal static Markup Facts(IEnumerable<(string Name, string Value)> facts) =>
        Markup.Of($"<dl>{Markup.Join(facts.Select(fact => Markup.Of($"<dt>{fact.Name}</dt><dd>{fact.Value}</dd>")))}</dl>");

    internal static Markup Figure(string svg, string caption) => Markup.Of($"""<figure tabindex="0">{new Markup(svg)}<figcaption>{caption}</figcaption></figure>""");

    /// <summary>A form that asks the same page for another stretch.</summary>
    internal static Markup StretchForm(string path, Stretch asked, Markup more = default) => Markup.Of($"""
        <form method="get" action="{path}"><label>From (UTC) <input name="from" value="{Exact(asked.From)}" size="26"></label>
        <label>To <input name="to" value="{Exact(asked.To)}" size="26"></label>{(more.Html is null ? Markup.Empty : more)}<button>Show</button></form>
        <p class="hint">A time is written as 2026-11-23T14:02:11Z, 14:02:11 (today), 15m (ago) or now.</p>
        """);

    private static string At(DateTimeOffset? at) => at is { } moment ? $"?at={Uri.EscapeDataString(Exact(moment))}" : "";
}
