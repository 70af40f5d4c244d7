using System.Text;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Whatever the text: no exception, an end within the limits, and every place within the file.</summary>
public sealed class FuzzTests
{
    private static readonly ConfigOptions Small = Configs.Options with
    {
        Limits = new ReadLimits(LineLength: 2_000, IncludeDepth: 8, BlockDepth: 8, ExpansionDepth: 8, Work: 300_000, Lines: 5_000, Diagnostics: 500),
    };

    private static readonly string[] Valid = [.. Directory.GetFiles(Path.GetDirectoryName(Configs.Golden("x"))!, "*.conf").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private static readonly string[] Pieces =
    [
        "{", "}", "\"", "'", "#", "!", "\\", "\\#", "@", "@node-a ", "@^", "$", "${", "$A", "${A}", "$A=", "$A=$A\n", "$B= \\\n", "~SEQ(i,1,3)", "~SEQx(",
        "~SEQ(i,9999999999)", "~LST(a,b)", "~LST({a,b},{1,2})", ",", ")", "\n", "\r\n", " ", "\t", "\0", "é", "\u2028", "include ", "include keepalived.conf\n",
        "includea *.conf\n", "${_RANDOM 5 1}", "${_ENV X}", "${_PWD}", "0", "-1", "255", "99999999999999999999", "192.0.2.1", "/33", "2001:db8::1", "::",
        "vrrp_instance", "vrrp_sync_group", "global_defs", "virtual_ipaddress", "authentication", "auth_pass", "group", "static_routes", "default", "via", "notify",
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 40).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void Any_bytes_are_read_to_an_end(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++)
        {
            byte[] bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            Check(seed, Encoding.UTF8.GetString(bytes));
            Check(seed, string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Pieces[random.Next(Pieces.Length)] + (random.Next(3) == 0 ? " " : ""))));
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_configurations_are_read_to_an_end(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++)
        {
            var text = new StringBuilder(Valid[random.Next(Valid.Length)]);
            for (int damage = random.Next(1, 8); damage > 0; damage--)
            {
                Damage(text, random);
            }

            Check(seed, text.ToString());
        }
    }

    /// <summary>A wrong line in front of a good configuration, closed in itself, hides none of the errors behind it.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void An_error_never_hides_a_later_one(int seed)
    {
        var random = new Random(seed);
        string[] wrong =
        [
            "nonsense", "nonsense { a { b } }", "\"open quote", "} ", "vrrp_instance", "vrrp_instance X { priority 999\n}", "~SEQ(i,1,0,2) x", "~LST(a) x", "${NONE} {\n}",
            "$A=$A\n$A", "include none.conf", "static_ipaddress {\n1.2.3\n}", "global_defs {\nvrrp_version 9\n}", "global_defs {\n\"x\n}", "a\0b", "~SEQ", "{ x }", "vrrp_sync_group G {\ngroup { N }\n}",
        ];
        string before = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => wrong[random.Next(wrong.Length)] + "\n"));
        ConfigParse parse = Configs.Read(before + Configs.Instance("priority 300", "LAST", 77), Small);
        int line = before.Count(c => c == '\n') + 4;
        Assert.True(
            parse.Diagnostics.Any(found => found.Code == DiagnosticCodes.OutOfRange && found.Span.Line == line), $"seed {seed}\n{before}\n{ConfigReport.Text(parse)}");
    }

    private static void Damage(StringBuilder text, Random random)
    {
        int at = random.Next(text.Length + 1);
        switch (random.Next(4))
        {
            case 0:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 1:
                text.Remove(at, Math.Min(random.Next(30), text.Length - at));
                break;
            case 2:
                text.Insert(at, text.ToString(at, Math.Min(random.Next(200), text.Length - at)));
                break;
            default:
                text.Insert(at, (char)random.Next(0x250));
                break;
        }
    }

    private static void Check(int seed, string text)
    {
        ConfigParse parse;
        try
        {
            parse = Configs.Read(text, Small);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}: {text}", exception);
        }

        string[] lines = text.TrimStart('\uFEFF').Split('\n');
        Assert.Equal(parse.Config is null, parse.Diagnostics.Any(found => found.Severity == Severity.Error));
        foreach (ConfigDiagnostic found in parse.Diagnostics)
        {
            SourceSpan span = found.Span;
            bool inside = span is { Line: >= 1, Column: >= 1, Length: >= 0 } && span.Line <= lines.Length
                && span.Column - 1 + span.Length <= lines[span.Line - 1].TrimEnd('\r').Length;
            Assert.True(inside, $"seed {seed}: {found} +{span.Length}\n{text}");
        }
    }
}
