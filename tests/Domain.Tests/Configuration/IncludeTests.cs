using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class IncludeTests
{
    private const string Folder = "/etc/keepalived";

    private static ConfigParse Read(string text, Action<MemoryFiles>? add = null, ConfigOptions? options = null)
    {
        var files = new MemoryFiles { [Configs.Path] = text };
        add?.Invoke(files);
        return ConfigReader.Read(Configs.Path, files, options ?? Configs.Options);
    }

    private static string Lines(ConfigParse parse) => string.Join(' ', parse.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Names_are_relative_to_the_including_file_and_wildcards_come_sorted()
    {
        ConfigParse parse = Read("include conf.d/*.conf", files =>
        {
            files[$"{Folder}/conf.d/b.conf"] = "b";
            files[$"{Folder}/conf.d/a.conf"] = "a $_PWD\ninclude more/c.conf";
            files[$"{Folder}/conf.d/more/c.conf"] = "c ${_PWD}";
        });
        Assert.Equal($"a {Folder}/conf.d c {Folder}/conf.d/more b", Lines(parse));
        Assert.Equal($"{Folder}/conf.d/more/c.conf:1:1", parse.Diagnostics.Single(found => found.Message.Contains("'c'", StringComparison.Ordinal)).Span.ToString());
    }

    [Fact]
    public void Braces_stand_for_alternatives_also_nested_ones()
    {
        ConfigParse parse = Read("include {a,b{1,2}}.conf", files =>
        {
            files[$"{Folder}/a.conf"] = "a";
            files[$"{Folder}/b1.conf"] = "b1";
            files[$"{Folder}/b2.conf"] = "b2";
        });
        Assert.Equal("a b1 b2", Lines(parse));
    }

    [Fact]
    public void An_include_may_stand_in_a_block_behind_a_condition_and_take_its_name_from_a_definition()
    {
        ConfigParse parse = Read("$F=part\nglobal_defs {\n@node-a include ${F}.conf\n}\n", files => files[$"{Folder}/part.conf"] = "router_id r1");
        Assert.Empty(parse.Diagnostics);
        Assert.Equal("r1", parse.Config!.Global.RouterId);
    }

    [Fact]
    public void Definitions_of_an_included_file_hold_in_the_including_one() =>
        Assert.Equal("x 1", Lines(Read("include d.conf\nx $V", files => files[$"{Folder}/d.conf"] = "$V=1")));

    // keyword, missing: plain, wildcard, one of two braces, unreadable. w: warning, E: error with exit code 4, -: nothing
    [Theory]
    [InlineData("include", "w - w w")]
    [InlineData("includer", "w - w E")]
    [InlineData("includem", "E - w E")]
    [InlineData("includew", "E E w E")]
    [InlineData("includeb", "w - E E")]
    [InlineData("includea", "E E E E")]
    public void The_letter_of_an_include_decides_what_is_an_error(string keyword, string expected)
    {
        string[] patterns = ["none.conf", "none*.conf", "{here,none}.conf", "locked.conf"];
        string seen = string.Join(' ', patterns.Select(pattern => Outcome(Read($"{keyword} {pattern}", AddHereAndLocked))));
        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("include_check", "E E E E")]
    [InlineData("include_check readable", "w - w E")]
    [InlineData("include_check match wildcard_match", "E E w w")]
    [InlineData("include_check match\ninclude_check +brace_match", "E - E w")]
    [InlineData("include_check\ninclude_check -match", "w E E E")]
    public void Include_check_sets_what_is_an_error_for_what_follows(string lines, string expected)
    {
        string[] patterns = ["none.conf", "none*.conf", "{here,none}.conf", "locked.conf"];
        string seen = string.Join(' ', patterns.Select(pattern => Outcome(Read($"global_defs {{\n{lines}\n}}\ninclude {pattern}", AddHereAndLocked))));
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void Include_check_of_an_included_file_ends_with_it() =>
        Assert.Equal("w", Outcome(Read("include strict.conf\ninclude none.conf", files => files[$"{Folder}/strict.conf"] = "global_defs { include_check\n}")));

    [Fact]
    public void The_command_line_can_make_every_include_strict() =>
        Assert.Equal("E", Outcome(Read("include none*.conf", options: Configs.Options with { AllIncludesStrict = true })));

    [Fact]
    public void An_include_cycle_is_an_error_that_shows_the_way_round()
    {
        ConfigParse parse = Read("include a.conf", files =>
        {
            files[$"{Folder}/a.conf"] = "a\n  include b.conf";
            files[$"{Folder}/b.conf"] = "b\ninclude a.conf";
        });
        ConfigDiagnostic cycle = parse.Diagnostics.Single(found => found.Code == DiagnosticCodes.IncludeCycle);
        Assert.Equal($"the file includes itself: {Folder}/a.conf -> {Folder}/b.conf -> {Folder}/a.conf", cycle.Message);
        Assert.Equal($"{Folder}/b.conf:2:9", cycle.Span.ToString());
        Assert.Equal(ConfigReport.CannotRun, ConfigReport.ExitCode(parse));
    }

    [Fact]
    public void The_same_file_twice_in_a_row_is_no_cycle() =>
        Assert.Equal("x x", Lines(Read("include a.conf\ninclude a.conf", files => files[$"{Folder}/a.conf"] = "x")));

    [Fact]
    public void Includes_nested_beyond_the_limit_are_an_error()
    {
        ConfigParse parse = Read("include 0.conf", files =>
        {
            for (int i = 0; i < 100; i++)
            {
                files[$"{Folder}/{i}.conf"] = $"include {i + 1}.conf";
            }
        });
        Assert.Contains(parse.Diagnostics, found => found.Code == DiagnosticCodes.LimitReached && found.Class == DiagnosticClass.CannotRun);
    }

    [Fact]
    public void A_missing_main_file_cannot_run()
    {
        ConfigParse parse = ConfigReader.Read("/none.conf", new MemoryFiles(), Configs.Options);
        Assert.Equal("/none.conf:1:1: error KA0001: there is no file '/none.conf'", Configs.Only(parse).ToString());
        Assert.Equal(ConfigReport.CannotRun, ConfigReport.ExitCode(parse));
        Assert.Null(parse.Config);
    }

    [Fact]
    public void The_main_file_may_be_a_pattern()
    {
        var files = new MemoryFiles { ["/etc/k/2.conf"] = "b", ["/etc/k/1.conf"] = "a" };
        Assert.Equal("a b", Lines(ConfigReader.Read("/etc/k/*.conf", files, Configs.Options)));
        Assert.Equal(ConfigReport.CannotRun, ConfigReport.ExitCode(ConfigReader.Read("/etc/n/*.conf", files, Configs.Options)));
    }

    private static void AddHereAndLocked(MemoryFiles files)
    {
        files[$"{Folder}/here.conf"] = "global_defs { router_id r\n}";
        files[$"{Folder}/locked.conf"] = null;
    }

    private static string Outcome(ConfigParse parse) =>
        ConfigReport.ExitCode(parse) switch { ConfigReport.Good => "-", ConfigReport.Content => "w", _ => "E" };
}
