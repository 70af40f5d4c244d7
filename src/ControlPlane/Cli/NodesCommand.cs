using System.CommandLine;
using System.Globalization;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Nodes;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class NodesCommand
{
    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("nodes", "Say which nodes may send events.")
    {
        Enroll(common, environment), List(common, environment), Revoke(common, environment), RenewKey(common, environment),
    };

    private static Command Enroll(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "the node's name, as its daemon knows it" };
        Option<string?> site = Site();
        Option<string?> file = new("--token-file")
        {
            Description = "write the token to a new file of mode 0600 instead of the screen",
            HelpName = "FILE",
        };
        Command command = new("enroll", "Give a node a token, which is shown this once.") { name, site, file };
        command.SetAction(async (parse, stop) =>
        {
            string? target = parse.GetValue(file);
            if (target is not null && File.Exists(target))
            {
                throw new CliException($"'{target}' exists already: choose another file");
            }

            using ServerClient client = common.Client(parse, environment);
            EnrollReply reply = await client.PostAsync<EnrollReply>("/v1/nodes",
                new EnrollRequest(parse.GetRequiredValue(name), parse.GetValue(site)), stop);
            if (target is null)
            {
                return Output.Write(parse, common, environment, reply, _ => environment.Out.WriteLine(reply.Token));
            }

            SecretFile.Create(target, reply.Token);
            return Output.Write(
                parse, common, environment, reply with { Token = "" }, _ =>
                    environment.Out.WriteLine($"{reply.Name}: the token is in {target}"));
        });
        return command;
    }

    private static Command List(CommonOptions common, CliEnvironment environment)
    {
        Command command = new("list", "List the nodes.") { common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            List<EnrolledNode> nodes = await client.GetAsync<List<EnrolledNode>>("/v1/nodes", stop);
            return Output.Write(parse, common, environment, nodes, times => WriteTable(environment, times, nodes));
        });
        return command;
    }

    private static Command Revoke(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "the node's name" };
        Option<string?> site = Site();
        Command command = new("revoke", "Refuse a node's token from now on; its events stay.") { name, site, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string node = parse.GetRequiredValue(name);
            await client.DeleteAsync("/v1/nodes", stop, ("name", node), ("site", parse.GetValue(site)));
            return Output.Write(parse, common, environment, new { Name = node, Revoked = true }, _ =>
                environment.Out.WriteLine($"{node}: revoked"));
        });
        return command;
    }

    private static Command RenewKey(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "the node's name" };
        Option<string?> site = Site();
        Command command = new("renew-key", "Give up the key that a node signs with, and take the next one that it sends.") { name, site, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string query = parse.GetValue(site) is { } named ? $"&site={Uri.EscapeDataString(named)}" : "";
            RenewKeyReply reply = await client.PostAsync<RenewKeyReply>(
                $"/v1/nodes/renew-key?name={Uri.EscapeDataString(parse.GetRequiredValue(name))}{query}", new { }, stop);
            return Output.Write(parse, common, environment, reply, _ =>
                environment.Out.WriteLine($"{reply.Name}: the key {reply.Retired} vouches for nothing new; the next one that the node sends is taken"));
        });
        return command;
    }

    private static Option<string?> Site() => new("--site") { Description = "the node's site or cluster", HelpName = "NAME" };

    private static void WriteTable(CliEnvironment environment, TimeText times, List<EnrolledNode> nodes)
    {
        Table table = Tables.Create("Site", "Node", "Enrolled", "Revoked", "Last contact", "Clock", "Key");
        foreach (EnrolledNode node in nodes)
        {
            table.AddPlainRow(
                BoardText.Site(node.Tenant), node.Name, times.Full(node.Enrolled), node.Revoked is { } revoked ? times.Full(revoked) : "-",
                node.LastContact is { } last ? times.Full(last) : "never", Clock(node), node.KeyId?[..16] ?? "-");
        }

        table.Write(environment);
    }

    private static string Clock(EnrolledNode node) => node is { ClockOffset: { } offset, ClockBound: { } bound }
        ? string.Create(CultureInfo.InvariantCulture, $"{offset.TotalMilliseconds:+0.0;-0.0;0.0} ± {bound.TotalMilliseconds:0.0} ms")
        : "-";
}
