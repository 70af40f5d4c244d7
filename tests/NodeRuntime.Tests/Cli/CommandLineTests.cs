using Keepalived.Es.NodeRuntime.Cli;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]                                                     // arguments, separated by '|' -> the changed properties
    [InlineData("", "Run f=/etc/keepalived/keepalived.conf")]
    [InlineData("-n|-l|-D", "Run f=/etc/keepalived/keepalived.conf n l D")]
    [InlineData("-lnD", "Run f=/etc/keepalived/keepalived.conf n l D")]
    [InlineData("-fFILE", "Run f=FILE")]
    [InlineData("-f|FILE", "Run f=FILE")]
    [InlineData("-f|-n", "Run f=-n")]                            // getopt takes what comes next, whatever it is
    [InlineData("-f=FILE", "Run f==FILE")]
    [InlineData("-nlfFILE", "Run f=FILE n l")]
    [InlineData("-nlf|FILE|-D", "Run f=FILE n l D")]
    [InlineData("--use-file=FILE", "Run f=FILE")]
    [InlineData("--use-file|FILE", "Run f=FILE")]
    [InlineData("--use-file=a=b", "Run f=a=b")]
    [InlineData("--use|FILE", "Run f=FILE")]                     // a name may be shortened while it is unambiguous
    [InlineData("--dont-f", "Run f=/etc/keepalived/keepalived.conf n")]
    [InlineData("-f|a|-f|b", "Run f=b")]
    [InlineData("-t", "ConfigTest f=/etc/keepalived/keepalived.conf")]
    [InlineData("-tLOG", "ConfigTest f=/etc/keepalived/keepalived.conf t=LOG")]
    [InlineData("-t=LOG", "ConfigTest f=/etc/keepalived/keepalived.conf t=LOG")]
    [InlineData("-tn", "ConfigTest f=/etc/keepalived/keepalived.conf t=n")]
    [InlineData("-nt", "ConfigTest f=/etc/keepalived/keepalived.conf n")]
    [InlineData("--config-test", "ConfigTest f=/etc/keepalived/keepalived.conf")]
    [InlineData("--config-test=json", "ConfigTest f=/etc/keepalived/keepalived.conf t=json")]
    [InlineData("-t|-f|FILE", "ConfigTest f=FILE")]
    [InlineData("-p|A|-r|B|-c|C", "Run f=/etc/keepalived/keepalived.conf p=A r=B c=C")]
    [InlineData("--pid=A|--vrrp_pid=B|--checkers_pid=C", "Run f=/etc/keepalived/keepalived.conf p=A r=B c=C")]
    [InlineData("-i|node-a|-e", "Run f=/etc/keepalived/keepalived.conf i=node-a e")]
    [InlineData("--config-id=node-a|--all-config", "Run f=/etc/keepalived/keepalived.conf i=node-a e")]
    [InlineData("--signum=JSON", "SignalNumber f=/etc/keepalived/keepalived.conf signum=JSON")]
    [InlineData("--signum|STOP", "SignalNumber f=/etc/keepalived/keepalived.conf signum=STOP")]
    [InlineData("--node-config=N", "Run f=/etc/keepalived/keepalived.conf node=N")]
    [InlineData("-v", "Version f=/etc/keepalived/keepalived.conf")]
    [InlineData("-h", "Help f=/etc/keepalived/keepalived.conf")]
    [InlineData("-n|--", "Run f=/etc/keepalived/keepalived.conf n")]
    public void Arguments_are_read_as_getopt_long_would(string arguments, string expected) => Assert.Equal(expected, Text(CommandLine.Parse(Split(arguments))));

    [Theory]
    [InlineData("-f", "option -f needs a value")]
    [InlineData("-nf", "option -f needs a value")]
    [InlineData("--use-file", "option --use-file needs a value")]
    [InlineData("--use-file=", "option --use-file needs a value")]
    [InlineData("--pid|", "option --pid needs a value")]
    [InlineData("-z", "unknown option -z, see --help")]
    [InlineData("-nz", "unknown option -z, see --help")]
    [InlineData("-é", "unknown option -é, see --help")]
    [InlineData("--nothing", "unknown option --nothing, see --help")]
    [InlineData("--nothing=x", "unknown option --nothing, see --help")]
    [InlineData("--Help", "unknown option --Help, see --help")]
    [InlineData("--conf", "option --conf is ambiguous: --config-test, --config-id")]
    [InlineData("--dont-fork=yes", "option --dont-fork takes no value, seen 'yes'")]
    [InlineData("--dont-fork=", "option --dont-fork takes no value, seen ''")]
    [InlineData("FILE", "unexpected argument 'FILE': only options are allowed, see --help")]
    [InlineData("-n|FILE", "unexpected argument 'FILE': only options are allowed, see --help")]
    [InlineData("-t|FILE", "unexpected argument 'FILE': only options are allowed, see --help")]
    [InlineData("-", "unexpected argument '-': only options are allowed, see --help")]
    [InlineData("-n|", "unexpected argument '': only options are allowed, see --help")]
    [InlineData("--|-n", "unexpected argument '-n': only options are allowed, see --help")]
    [InlineData("-X", "option -X (--release-vips) of keepalived is not in force here, see --help for those that are")]
    [InlineData("--release-vips", "option --release-vips (--release-vips) of keepalived is not in force here, see --help for those that are")]
    [InlineData("-S|3", "option -S (--log-facility) of keepalived is not in force here, see --help for those that are")]
    [InlineData("-S3", "option -S (--log-facility) of keepalived is not in force here, see --help for those that are")]
    [InlineData("--log-facility=3", "option --log-facility (--log-facility) of keepalived is not in force here, see --help for those that are")]
    [InlineData("-n|--genhash", "option --genhash is understood as the first one only")]
    [InlineData("-nX", "option -X (--release-vips) of keepalived is not in force here, see --help for those that are")]
    public void What_is_wrong_is_named(string arguments, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => CommandLine.Parse(Split(arguments))).Message);

    [Fact]
    public void Every_option_in_force_can_be_given_by_letter_and_by_name()
    {
        foreach (CommandOption option in CommandOption.All.Where(option => option.Apply is not null && option.Long != "genhash"))   // a command of its own
        {
            string value = option.Argument == OptionArgument.Required ? "X" : "";
            string byName = Text(CommandLine.Parse([$"--{option.Long}" + (value.Length > 0 ? "=" + value : "")]));
            Assert.True(option.Short == '\0' || byName == Text(CommandLine.Parse([$"-{option.Short}{value}"])), option.Long);
        }
    }

    [Fact]
    public void Paths_can_be_made_to_stay_right_when_the_directory_is_left()
    {
        string here = Directory.GetCurrentDirectory();
        Assert.Equal(
            $"Run f={here}/k.conf p={here}/a r={here}/b c=/c", Text(CommandLine.Parse(["-fk.conf", "-pa", "-rb", "-c/c"]).WithFullPaths()));
        Assert.Equal("Run f=/etc/keepalived/keepalived.conf", Text(CommandLine.Parse([]).WithFullPaths()));
    }

    [Fact]
    public void Any_arguments_are_read_or_refused_with_a_message()
    {
        string[] pieces = ["-", "--", "-n", "-f", "=", "x", "", "use-file", "config-test", "-t", "l", "\0", "é", "\ud800", "--signum", "p"];
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            string[] arguments = [.. Enumerable.Range(0, random.Next(4)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)])))];
            try
            {
                CommandLine.Parse(arguments);
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Theory]                                                     // keepalived(8), --signum
    [InlineData("STOP", 15)]
    [InlineData("RELOAD", 1)]
    [InlineData("DATA", 10)]
    [InlineData("STATS", 12)]
    [InlineData("STATS_CLEAR", 63)]
    [InlineData("JSON", 36)]
    [InlineData("stop", null)]
    [InlineData("", null)]
    public void Signals_have_keepalived_s_numbers(string name, int? number) => Assert.Equal(number, CommandLine.SignalNumber(name));

    private static string[] Split(string arguments) => arguments.Length == 0 ? [] : arguments.Split('|');

    private static string Text(CommandLine line) => string.Join(' ', new[]
    {
        $"{line.Mode}", $"f={line.ConfigurationFile}", line.DontFork ? "n" : "", line.LogConsole ? "l" : "", line.LogDetail ? "D" : "", Named("t", line.ConfigTestOutput),
        Named("p", line.PidFile), Named("r", line.VrrpPidFile), Named("c", line.CheckersPidFile), Named("i", line.ConfigId), line.AllIncludes ? "e" : "",
        Named("signum", line.SignalName), Named("node", line.NodeConfig),
    }.Where(part => part.Length > 0));

    private static string Named(string name, string? value) => value is null ? "" : $"{name}={value}";
}
