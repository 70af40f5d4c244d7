using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class TrackScriptTests
{
    private const string Check = "vrrp_script chk {\nscript \"/usr/bin/check --port 'a b'\"\ninterval 2\nfall 2\nrise 3\ntimeout 3\nweight -20\ninit_fail\nuser nobody nogroup\n}\n";

    [Fact]
    public void A_script_has_its_options_and_is_tracked_by_instances()
    {
        ConfigParse parse = Configs.Read(Configs.Instance("track_script {\nchk\n}") + Check);
        Assert.Empty(parse.Diagnostics);
        VrrpScriptSettings script = Assert.Single(parse.Config!.Scripts);
        Assert.Equal(["/usr/bin/check", "--port", "a b"], script.Script.Command);
        Assert.Equal(("nobody", "nogroup"), (script.Script.User, script.Script.Group));
        Assert.Equal((2, 3, -20, true), (script.Fall, script.Rise, script.Weight, script.InitFail));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), (script.Interval, script.Timeout));
        TrackedScript tracked = Assert.Single(parse.Config.Instances[0].TrackScripts);
        Assert.Equal(("chk", -20, false), (tracked.Script, tracked.Weight, tracked.Reverse));
    }

    [Theory]
    [InlineData("script /bin/check", "/bin/check", 1, 1)]
    [InlineData("script /bin/check a 'b c'\ninterval 0.25", "/bin/check|a|b c", 0.25, 0.25)]
    [InlineData("script '</etc/passwd'\ntimeout 5", "</etc/passwd", 1, 5)]
    public void Every_word_of_the_script_is_its_own_and_the_timeout_is_the_interval(string lines, string command, double interval, double timeout)
    {
        VrrpScriptSettings script = Assert.Single(Configs.Read($"vrrp_script chk {{\n{lines}\n}}\n" + Configs.Instance("track_script {\nchk\n}")).Config!.Scripts);
        Assert.Equal(command, string.Join('|', script.Script.Command));
        Assert.Equal((interval, timeout), (script.Interval.TotalSeconds, script.Timeout.TotalSeconds));
    }

    [Theory]
    [InlineData("chk weight 10", 10, false)]
    [InlineData("chk weight -253 reverse", -253, true)]
    [InlineData("chk weight 0 noreverse", 0, false)]
    public void An_entry_may_have_a_weight_of_its_own(string entry, int weight, bool reverse)
    {
        ConfigParse parse = Configs.Read(Check + Configs.Instance($"track_script {{\n{entry}\n}}"));
        TrackedScript tracked = Assert.Single(parse.Config!.Instances[0].TrackScripts);
        Assert.Equal((weight, reverse), (tracked.Weight, tracked.Reverse));
    }

    [Theory]
    [InlineData("interval x", "interval 'x' is not a number of seconds, allowed 0 to 4294")]
    [InlineData("rise 0", "rise 0 is out of range, allowed 1 to 1073741823")]
    [InlineData("weight 254", "weight 254 is out of range, allowed -253 to 253")]
    [InlineData("weight 3 backwards", "'backwards' behind a weight is unknown, allowed reverse and noreverse")]
    [InlineData("weight", "weight needs a number, allowed -253 to 253")]
    [InlineData("user", "user needs a value")]
    [InlineData("script \"'/bin/x a\"", "the command of script is empty or has a quote that is not closed")]
    public void What_is_wrong_in_a_script_is_an_error(string line, string message)
    {
        ConfigParse parse = Configs.Read($"vrrp_script chk {{\nscript /bin/true\n{line}\n}}\n" + Configs.Instance("track_script {\nchk\n}"));
        Assert.Null(parse.Config);
        Assert.Contains(message, parse.Diagnostics.Select(found => found.Message));
    }

    [Theory]
    [InlineData("vrrp_script chk {\n}", "vrrp_script chk has no script: there is nothing to run")]
    [InlineData("vrrp_script chk {\nscript /bin/true\n}\nvrrp_script chk {\nscript /bin/true\n}", "vrrp_script chk is already defined")]
    public void A_script_is_defined_once_with_a_command(string text, string message)
    {
        ConfigParse parse = Configs.Read(text + "\n" + Configs.Instance("track_script {\nchk\n}"));
        Assert.Contains(message, parse.Diagnostics.Where(found => found.Severity == Severity.Error).Select(found => found.Message));
    }

    [Theory]
    [InlineData("", "track_script {\nnone\n}", "KA0401")]
    [InlineData(Check, "", "KA0403")]
    [InlineData(Check, "priority 255\ntrack_script {\nchk\n}", "KA0402 KA0403")]
    [InlineData(Check, "track_script {\nchk\nchk weight 3\n}", "KA0111")]
    public void What_is_not_tracked_is_said(string scripts, string lines, string codes) =>
        Assert.Equal(codes, string.Join(' ', Configs.Codes(Configs.Read(scripts + Configs.Instance(lines))).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("", "weight 0", "A: chk 0, B: chk 0", "")]
    [InlineData("", "", "A: , B: ", "KA0402 KA0402 KA0403")]
    [InlineData("sync_group_tracking_weight\n", "", "A: chk -20, B: chk -20", "")]
    [InlineData("global_tracking\n", "weight 5", "A: chk 5, B: chk 5", "KA0103")]
    public void A_group_gives_its_scripts_to_every_member(string line, string weight, string tracked, string codes)
    {
        ConfigParse parse = Configs.Read(
            Check + $"vrrp_sync_group G {{\ngroup {{\nA\nB\n}}\n{line}track_script {{\nchk {weight}\n}}\n}}\n" + Configs.Instance("", "A", 1) + Configs.Instance("", "B", 2));
        Assert.Equal(codes, string.Join(' ', Configs.Codes(parse).Order(StringComparer.Ordinal)));
        Assert.Equal(
            tracked,
            string.Join(", ", parse.Config!.Instances.Select(instance =>
                $"{instance.Vrrp.Instance}: {string.Join(' ', instance.TrackScripts.Select(script => $"{script.Script} {script.Weight}"))}")));
    }
}
