using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keepalived.Es.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

public sealed class ClefFormatterTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 13, 0, 0, 123, 456, TimeSpan.FromHours(1));

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 200).Select(seed => new TheoryDataRow<int>(seed));

    [Fact]
    public void The_fields_are_those_of_CLEF()
    {
        JsonElement line = Format(LogEventLevel.Warning, "{Node} has {Count:000} of {@What}", new InvalidOperationException("no \"way\"\n"), "node-a", 7, new { A = 1, B = (string?)null });
        Assert.Equal("2026-11-23T12:00:00.1234560Z", line.GetProperty("@t").GetString());
        Assert.Equal("{Node} has {Count:000} of {@What}", line.GetProperty("@mt").GetString());
        Assert.Equal("Warning", line.GetProperty("@l").GetString());
        Assert.Equal("System.InvalidOperationException: no \"way\"\n", line.GetProperty("@x").GetString());
        Assert.Equal(["007"], line.GetProperty("@r").EnumerateArray().Select(rendered => rendered.GetString()));
        Assert.Equal(("node-a", 7), (line.GetProperty("Node").GetString(), line.GetProperty("Count").GetInt32()));
        Assert.Equal("""{"A":1,"B":null}""", line.GetProperty("What").GetRawText());
    }

    [Fact]
    public void Information_is_not_written_and_without_formats_there_are_no_renderings()
    {
        JsonElement line = Format(LogEventLevel.Information, "{Node}", null, "node-a");
        Assert.Equal(["@t", "@mt", "Node"], line.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Every_hole_with_a_format_has_its_rendering_in_order_also_twice_and_without_a_value()
    {
        LogEventProperty[] properties = [new("A", new ScalarValue("a")), new("B", new ScalarValue(255))];
        JsonElement line = Parse(ClefFormatter.Format(new LogEvent(Time, LogEventLevel.Information, null, Template("{A:l} {A} {B:x2} {C:0.0} {A:l}"), properties)));
        Assert.Equal(["a", "ff", "{C:0.0}", "a"], line.GetProperty("@r").EnumerateArray().Select(rendered => rendered.GetString()!));
    }

    [Theory]
    [InlineData("t", "t")]
    [InlineData("@t", "@@t")]
    [InlineData("@", "@@")]
    [InlineData("@@t", "@@@t")]
    [InlineData("a@t", "a@t")]
    [InlineData("a.b", "a.b")]
    [InlineData("with \"quotes\"\n", "with \"quotes\"\n")]
    public void A_name_that_begins_with_an_at_sign_is_escaped(string name, string expected)
    {
        var logEvent = new LogEvent(Time, LogEventLevel.Information, null, Template("x"), [new LogEventProperty(name, new ScalarValue(1))]);
        Assert.Equal(expected, Parse(ClefFormatter.Format(logEvent)).EnumerateObject().Last().Name);
    }

    [Fact]
    public void The_trace_of_the_moment_is_named()
    {
        using Activity activity = new Activity("x").SetIdFormat(ActivityIdFormat.W3C).Start();
        var collected = new Collect();
        using Logger logger = new LoggerConfiguration().WriteTo.Sink(collected).CreateLogger();
        logger.Information("x");
        JsonElement line = Parse(ClefFormatter.Format(Assert.Single(collected.Events)));
        Assert.Equal((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()), (line.GetProperty("@tr").GetString(), line.GetProperty("@sp").GetString()));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_is_logged_is_one_valid_line(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++)
        {
            var properties = Enumerable.Range(0, random.Next(6)).Select(_ => new LogEventProperty(Name(random), Value(random, 0))).DistinctBy(property => property.Name);
            var logEvent = new LogEvent(
                Time.AddTicks(random.NextInt64(TimeSpan.TicksPerDay)), (LogEventLevel)random.Next(6), random.Next(4) == 0 ? new IOException(Text(random)) : null,
                Template(Text(random) + "{A:x}{B,10:l}{@C}{$D:0.00}{{" + Text(random)), [.. properties]);
            string line = ClefFormatter.Format(logEvent);
            Assert.DoesNotContain('\n', line);
            Assert.True(Clef.Problem(line) is null, $"seed {seed}: {Clef.Problem(line)}\n{line}");
        }
    }

    [Fact]
    public void An_event_that_is_too_large_is_replaced_by_one_that_names_its_template()
    {
        string line = Format("{Node} said {Output}", "node-a", new string('é', ClefFormatter.MaximumEventBytes / 2)).GetRawText();
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 4_000);
        JsonElement placeholder = Parse(line);
        Assert.Equal("{Node} said {Output}", placeholder.GetProperty("Template").GetString());
        Assert.Equal("node-a", placeholder.GetProperty("Node").GetString());
        Assert.Contains("bytes was too large", placeholder.GetProperty("Problem").GetString(), StringComparison.Ordinal);
        Assert.Null(Clef.Problem(line));
    }

    [Fact]
    public void An_event_just_below_the_limit_is_kept_whole()
    {
        int overhead = Encoding.UTF8.GetByteCount(Format("{O}", "").GetRawText());
        string fits = ClefFormatter.Format(Event("{O}", new string('x', ClefFormatter.MaximumEventBytes - overhead)));
        Assert.Equal(ClefFormatter.MaximumEventBytes, Encoding.UTF8.GetByteCount(fits));
        Assert.Contains("\"O\":\"xxx", fits, StringComparison.Ordinal);
        Assert.Contains("too large", ClefFormatter.Format(Event("{O}", new string('x', ClefFormatter.MaximumEventBytes - overhead + 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_is_too_large_itself_is_cut()
    {
        string line = ClefFormatter.Format(new LogEvent(Time, LogEventLevel.Error, null, Template(new string('t', 300_000)), []));
        Assert.InRange(line.Length, 1, 4_000);
        Assert.Equal("Error", Parse(line).GetProperty("@l").GetString());
    }

    [Fact]
    public void A_format_or_exception_that_throws_is_replaced_by_its_template()
    {
        JsonElement format = Parse(ClefFormatter.Format(Event("{Count:Q9} of {Node}", 7, "node-a")));
        Assert.Equal("{Count:Q9} of {Node}", format.GetProperty("Template").GetString());
        JsonElement exception = Parse(ClefFormatter.Format(new LogEvent(Time, LogEventLevel.Error, new Unspeakable(), Template("it broke"), [])));
        Assert.Equal("it broke", exception.GetProperty("Template").GetString());
    }

    private static JsonElement Format(LogEventLevel level, string template, Exception? exception, params object?[] values) => Parse(ClefFormatter.Format(Bind(level, template, exception, values)));

    private static JsonElement Format(string template, params object?[] values) => Parse(ClefFormatter.Format(Event(template, values)));

    private static LogEvent Event(string template, params object?[] values) => Bind(LogEventLevel.Information, template, null, values);

    private static LogEvent Bind(LogEventLevel level, string template, Exception? exception, object?[] values)
    {
        using Logger logger = new LoggerConfiguration().CreateLogger();
        Assert.True(logger.BindMessageTemplate(template, values, out MessageTemplate? parsed, out IEnumerable<LogEventProperty>? properties));
        return new LogEvent(Time, level, exception, parsed, properties);
    }

    private static MessageTemplate Template(string text) => new MessageTemplateParser().Parse(text);

    private static JsonElement Parse(string line)
    {
        Assert.True(Clef.Problem(line) is null, $"{Clef.Problem(line)}\n{line}");
        return JsonElement.Parse(line);
    }

    private static string Name(Random random) => random.Next(3) switch { 0 => "ABCD"[random.Next(4)].ToString(), 1 => "@" + Text(random), _ => Text(random) } is { } name && !string.IsNullOrWhiteSpace(name) ? name : "N";

    private static string Text(Random random)
    {
        string[] pieces = ["a", " ", "\"", "\\", "\n", "\r", "\t", "\0", "\u001f", "\u007f", "\u2028", "é", "漢", "\U0001F600", "\ud800", "\udc00", "{", "}", "{{", "{A}", "<", "&", "'", "@", "$type"];
        return string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private static LogEventPropertyValue Value(Random random, int depth) => random.Next(depth > 4 ? 14 : 18) switch
    {
        0 => new ScalarValue(null),
        1 => new ScalarValue(random.Next(2) == 0),
        2 => new ScalarValue(random.NextInt64(long.MinValue, long.MaxValue)),
        3 => new ScalarValue(ulong.MaxValue),
        4 => new ScalarValue(new[] { 0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, -0.0 }[random.Next(7)]),
        5 => new ScalarValue(new[] { 0.1f, float.NaN, float.PositiveInfinity }[random.Next(3)]),
        6 => new ScalarValue(decimal.MaxValue),
        7 => new ScalarValue((char)random.Next(0xFFFF)),
        8 => new ScalarValue(DateTime.UtcNow),
        9 => new ScalarValue(TimeSpan.FromTicks(random.NextInt64())),
        10 => new ScalarValue(Guid.NewGuid()),
        11 => new ScalarValue(new Uri("http://192.0.2.1/\"")),
        12 => new ScalarValue(LogEventLevel.Debug),
        13 => new ScalarValue(Text(random)),
        14 => new SequenceValue([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))]),
        15 => new StructureValue([.. Enumerable.Range(0, random.Next(4)).Select(i => new LogEventProperty($"P{i}", Value(random, depth + 1)))], random.Next(2) == 0 ? null : Text(random)),
        16 => new DictionaryValue([.. Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create(new ScalarValue(i % 2 == 0 ? i : Text(random) + i), Value(random, depth + 1)))]),
        _ => new ScalarValue(DateOnly.FromDateTime(DateTime.UnixEpoch).ToString(CultureInfo.InvariantCulture)),
    };

    private sealed class Collect : ILogEventSink
    {
        internal List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }

    private sealed class Unspeakable : Exception
    {
        public override string ToString() => throw new InvalidOperationException("not even this");
    }
}
