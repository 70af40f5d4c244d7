using System.CommandLine;
using System.Globalization;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Replay;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class WhatIfCommand
{
    /// <summary>Incidents that a sweep looks at.</summary>
    private const int SweepLimit = 1_000;

    internal static Command Create(CommonOptions common, CliEnvironment environment)
    {
        Argument<string?> id = new("incident") { Description = "id, the beginning of one, or last; not with --sweep", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> config = new("--config") { Description = "run a node with another keepalived.conf; may be repeated", HelpName = "NODE=FILE" };
        Option<string[]> set = new("--set")
        {
            Description = $"change one setting, on one node or all; may be repeated. Keywords: {SettingChange.Keywords}",
            HelpName = "[NODE:]INSTANCE.KEYWORD=VALUE",
        };
        Option<string?> delay = new("--delay") { Description = "time from sender to receiver, such as 5ms; default 0.3ms", HelpName = "TIME" };
        Option<string?> sweep = new("--sweep")
        {
            Description = "tabulate outage and false fail-overs over all fail-overs on record, such as advert_int=0.01..1 or down_timer_adverts=2..10",
            HelpName = "KEYWORD=FROM..TO",
        };
        Option<string?> plot = new("--plot") { Description = "with --sweep: draw it, as SVG", HelpName = "FILE" };
        Command command = new("what-if", "Run a recorded incident under another configuration, in the simulation. No hook is run, nothing is sent.")
        {
            id, config, set, delay, sweep, plot, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            if (parse.GetValue(sweep) is { } range)
            {
                return await SweepAsync(parse, common, environment, client, range, parse.GetValue(plot), stop);
            }

            IncidentBundle bundle = await IncidentsCommand.BundleAsync(
                client, parse.GetValue(id) ?? throw new CliException("an incident is needed: its id, the beginning of one, or last"), stop);
            RecordedWorld world = RecordedWorld.Of(bundle) ?? throw new CliException(
                $"{bundle.Incident.Id} is about {bundle.Incident.Subject}: only incidents of a virtual router can be tried again");
            WhatIfChanges changes = Changes(parse.GetValue(config) ?? [], parse.GetValue(set) ?? [], parse.GetValue(delay));
            WhatIfReport report = Checked(() => WhatIf.Run(bundle.Incident.Id, world, changes, RecordedHooks.Of(bundle)));
            return Output.Write(parse, common, environment, report, times => WhatIfText.Write(environment, times, report));
        });
        return command;
    }

    private static async Task<int> SweepAsync(
        ParseResult parse, CommonOptions common, CliEnvironment environment, ServerClient client, string range, string? plot, CancellationToken stop)
    {
        SweepRange wanted = Checked(() => SweepRange.Parse(range));
        IReadOnlyList<IncidentView> incidents = await client.GetAsync<IReadOnlyList<IncidentView>>(
            "/v1/incidents", stop, ("kind", "fail-over"), ("limit", SweepLimit.ToString(CultureInfo.InvariantCulture)));
        List<IncidentBundle> bundles = [];
        foreach (IncidentView incident in incidents)
        {
            bundles.Add(await IncidentsCommand.BundleAsync(client, incident.Id, stop));
        }

        Sweep result = Sweep.Run(wanted, bundles);
        if (plot is not null)
        {
            await IncidentsCommand.WriteAsync(plot, SweepPicture.Draw(result), "--plot", stop);
        }

        return Output.Write(parse, common, environment, result, _ => WhatIfText.Write(environment, result));
    }

    private static WhatIfChanges Changes(string[] configurations, string[] settings, string? delay)
    {
        Dictionary<string, IReadOnlyList<VrrpConfig>> byNode = new(StringComparer.Ordinal);
        foreach (string text in configurations)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new CliException($"--config '{text}': NODE=FILE is expected");
            }

            byNode[text[..equals]] = Read(text[(equals + 1)..]);
        }

        return new WhatIfChanges(byNode, Checked(() => settings.Select(SettingChange.Parse).ToArray()), delay is null ? null : Delay(delay));
    }

    private static IReadOnlyList<VrrpConfig> Read(string file)
    {
        ConfigParse parse = ConfigReader.Read(file, new PlainFiles(), new ConfigOptions(""));
        return parse.Config is { } config
            ? [.. config.Instances.Select(instance => instance.Vrrp)]
            : throw new CliException(string.Join(Environment.NewLine, parse.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.ToString())));
    }

    private static TimeSpan Delay(string text)
    {
        string number = text.EndsWith("ms", StringComparison.Ordinal) ? text[..^2] : text;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ms) && ms is >= 0 and <= 10_000
            ? TimeSpan.FromMilliseconds(ms)
            : throw new CliException($"--delay '{text}': 0ms to 10000ms are allowed");
    }

    private static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException malformed)
        {
            throw new CliException(malformed.Message);
        }
    }
}
