using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>HTML. Text comes in through the holes of an interpolated string and is encoded there; only markup goes in as it is.</summary>
/// <param name="Html">Ready to be sent.</param>
public readonly record struct Markup(string Html)
{
    public static readonly Markup Empty = new("");

    /// <summary>HTML in words of the program, with everything else encoded.</summary>
    public static Markup Of(MarkupHandler html) => new(html.ToString());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Html)));

    /// <summary>The markup if the condition holds, else nothing.</summary>
    public static Markup If(bool condition, Func<Markup> markup)
    {
        ArgumentNullException.ThrowIfNull(markup);
        return condition ? markup() : Empty;
    }

    public override string ToString() => Html;
}

/// <summary>Encodes what stands in the holes of an interpolated string.</summary>
[InterpolatedStringHandler]
public readonly ref struct MarkupHandler
{
    private readonly StringBuilder _html;

    public MarkupHandler(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.Html);

    public void AppendFormatted<T>(T value, string? format = null) => _html.Append(WebUtility.HtmlEncode(
        value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()));

    public override string ToString() => _html.ToString();
}
