using System.CommandLine;
using System.Text.Json.Nodes;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Hooks;
using Keepalived.Es.Scripting.Host;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.JavaScript.Checking;
using Keepalived.Es.Scripting.Settings;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary><c>kes hooks</c>: writing hooks in JavaScript, away from the nodes that run them.</summary>
internal static class HooksCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("hooks", "Write, try and replay hooks in JavaScript.")
    {
        Build(environment), Check(common, environment), Test(common, environment), Replay(common, environment),
    };

    private static Argument<string> FileArgument() => new("file") { Description = "the hook's file" };

    private static Command Build(CliEnvironment environment)
    {
        Argument<string> file = FileArgument();
        Command command = new(
            "build", "Compile TypeScript or today's JavaScript to the ES5 that nodes run, with its source map. Needs Node.js and npm; installs the compiler on first use.") { file };
        command.SetAction(parse =>
        {
            string source = Existing(parse.GetRequiredValue(file));
            var compiler = new HookCompiler(CacheOf(environment), environment.Error.WriteLine);
            IReadOnlyList<string> complaints = compiler.Compile(source);
            string output = HookCompiler.OutputOf(source);
            if (complaints.Count == 0)
            {
                complaints = [.. Problems(output)];
            }

            foreach (string complaint in complaints)
            {
                environment.Error.WriteLine(complaint);
            }

            if (complaints.Count > 0)
            {
                return ExitCode.Failed;
            }

            environment.Out.WriteLine($"{output}: written, with {Path.GetFileName(output)}.map");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Check(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> file = FileArgument();
        Command command = new("check", "Say what keeps a file from being loaded: syntax, what is newer than ES5, what is forbidden.") { file };
        command.SetAction(parse =>
        {
            string source = Existing(parse.GetRequiredValue(file));
            string[] problems = [.. Problems(source)];
            Output.Write(parse, common, environment, problems, _ =>
            {
                foreach (string problem in problems)
                {
                    environment.Out.WriteLine(problem);
                }
            });
            return problems.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static Command Test(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> file = FileArgument();
        Option<string> function = new("--event") { Description = "function to call: notify_master, track, …", Required = true, HelpName = "NAME" };
        Option<string> instance = new("--instance") { Description = "ctx.instance; default VI_1", HelpName = "NAME", DefaultValueFactory = _ => "VI_1" };
        Option<string?> context = new("--context") { Description = "JSON file with further fields of ctx", HelpName = "FILE" };
        Option<bool> dryRun = new("--dry-run") { Description = "answer every call of the daemon's functions instead of making it" };
        Option<string?> replies = new("--replies") { Description = "with --dry-run: JSON file of answers, in their order", HelpName = "FILE" };
        Option<string?> settings = new("--node-config") { Description = "node.yaml whose key 'hooks' gives limits and targets", HelpName = "FILE" };
        Command command = new("test", "Run one function of a hook in the real sandbox, under its limits. Exit 0 when it ended well.")
        {
            file, function, instance, context, dryRun, replies, settings,
        };
        command.SetAction(async (parse, stop) =>
        {
            string source = Existing(parse.GetRequiredValue(file));
            HookSettings hooks = Settings(parse.GetValue(settings));
            string name = parse.GetRequiredValue(function);
            string ctx = HookContextText.Of(name, parse.GetRequiredValue(instance), parse.GetValue(context), hooks.Limits.WallClock, parse.GetValue(dryRun));
            using var host = new TrialHost(hooks, environment);
            IReadOnlyList<IHostFunction> functions = parse.GetValue(dryRun)
                ? host.WithCanned(parse.GetValue(replies) is { } canned ? CannedFunctions.Read(canned) : [])
                : host.Functions;
            var trial = new HookTrial();
            JavaScriptOutcome outcome = await trial.RunAsync(source, name, ctx, hooks.Limits, functions, environment.Time, stop);
            Output.Write(parse, common, environment, new { outcome, trial.Calls }, _ => HookText.Write(environment.Out, name, outcome, trial.Calls));
            return HookText.EndedWell(outcome) ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static Command Replay(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> file = FileArgument();
        Option<string> of = new("--of") { Description = "a transition or an event of the hook: position, id, last or last:NODE", Required = true, HelpName = "EVENT" };
        Command command = new(
            "replay", "Run the present file against a recorded fail-over, its calls answered from the record; exit 1 where its calls differ.") { file, of, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            string source = Existing(parse.GetRequiredValue(file));
            using ServerClient client = common.Client(parse, environment);
            List<HookRunRecord> runs = await client.GetAsync<List<HookRunRecord>>("/v1/audit/hooks", stop, ("event", parse.GetRequiredValue(of)));
            if (runs.Count == 0)
            {
                throw new CliException($"no hook in JavaScript followed from event '{parse.GetRequiredValue(of)}'; 'kes audit timeline' shows the runs that are on record");
            }

            bool same = true;
            List<object> all = [];
            foreach (HookRunRecord run in runs)
            {
                var trial = new HookTrial();
                using var host = new TrialHost(new HookSettings(), environment);
                IEnumerable<(string, JsonObject)> answers = run.Calls.Select(call => (call.Function, JsonNode.Parse(call.Answer)!.AsObject()));
                JavaScriptOutcome outcome = await trial.RunAsync(
                    source, run.Started.Function!, run.Started.Context ?? "{}", HookLimits.Default, CannedFunctions.Of(answers, host.Names).Functions, environment.Time, stop);
                IReadOnlyList<ComparedCall> lines = HookComparison.Of(run.Calls, trial.Calls);
                same &= lines.All(line => line.Difference == CallDifference.Same) && outcome.ResultJson == run.Finished?.Result;
                all.Add(new { run.Started.Hook, outcome, calls = lines });
                if (!parse.GetValue(common.Json))
                {
                    HookText.Write(environment.Out, run, outcome, lines);
                }
            }

            if (parse.GetValue(common.Json))
            {
                Output.Write(parse, common, environment, all, _ => { });
            }

            return same ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static IEnumerable<string> Problems(string file) =>
        ScriptCheck.Check(File.ReadAllText(file), HookLimits.Default.SourceBytes, HookLimits.Default.Nesting).Select(problem => $"{file}:{problem.Line}:{problem.Column}: {problem.Message}");

    private static string Existing(string file) => File.Exists(file) ? file : throw new CliException($"there is no file '{file}'");

    private static string CacheOf(CliEnvironment environment) => Path.Combine(
        environment.Variable("XDG_CACHE_HOME") ?? Path.Combine(environment.Variable("HOME") ?? "/tmp", ".cache"), "keepalived-es", "hooks");

    internal static HookSettings Settings(string? file)
    {
        try
        {
            return file is null ? new HookSettings() : HookSettings.ReadFile(file);
        }
        catch (FormatException e)
        {
            throw new CliException(e.Message);
        }
    }
}
