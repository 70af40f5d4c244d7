using System.CommandLine;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Projections;

namespace Keepalived.Es.ControlPlane.Cli;

internal static class StoreCommand
{
    /// <summary>Millions of events are written anew.</summary>
    private static readonly TimeSpan PartitionPatience = TimeSpan.FromHours(1);

    internal static Command Create(CommonOptions common, CliEnvironment environment) => new("store", "Look after the event store.")
    {
        Status(common, environment), Rebuild(common, environment), Archive(common, environment), Partition(common, environment), Retention(common, environment),
        Hold(common, environment), Release(common, environment), TransferCommand.Export(common, environment), TransferCommand.Import(common, environment),
        MoveTenantCommand.Create(common, environment),
    };

    internal static Option<string?> Site() => new("--site") { Description = "the site; without it the default site", HelpName = "NAME" };

    private static Argument<string> Stream() => new("stream") { Description = "the stream's name, such as vrrp/node-a/VI_1" };

    private static Command Status(CommonOptions common, CliEnvironment environment)
    {
        Command command = new("status", "Show what the store holds and how far its projections are.") { common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            StoreStatus status = await client.GetAsync<StoreStatus>("/v1/store", stop);
            return Output.Write(parse, common, environment, status, times => StoreText.Write(environment, times, status));
        });
        return command;
    }

    private static Command Rebuild(CommonOptions common, CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "the projection, as 'kes store status' names it" };
        Command command = new("rebuild", "Fold a projection from the first event again, beside the one that is read, and swap them.") { name, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            RebuildReply reply = await client.PostAsync<RebuildReply>($"/v1/store/rebuild?name={Uri.EscapeDataString(parse.GetRequiredValue(name))}", new { }, stop);
            return Output.Write(parse, common, environment, reply, _ => environment.Out.WriteLine(
                reply.Beside ? $"{reply.Name}: is being rebuilt beside the one that is read; 'kes store status' shows how far it is" : $"{reply.Name}: begins again"));
        });
        return command;
    }

    private static Command Archive(CommonOptions common, CliEnvironment environment)
    {
        (Argument<string> stream, Option<string?> site) = (Stream(), Site());
        Command command = new("archive", "Hide a stream from reads and projections; nothing is deleted, and 'kes audit' shows it still.")
        {
            stream, site, common.TokenFile,
        };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string name = parse.GetRequiredValue(stream);
            await client.PutAsync("/v1/store/archive", stop, ("stream", name), ("site", parse.GetValue(site)));
            return Output.Write(parse, common, environment, new { Stream = name, Archived = true }, _ => environment.Out.WriteLine($"{name}: archived"));
        });
        return command;
    }

    private static Command Partition(CommonOptions common, CliEnvironment environment)
    {
        Option<bool> undo = new("--undo") { Description = "make it one table again" };
        Command command = new("partition", "Keep archived events in a partition of their own; nodes wait meanwhile, and nothing of theirs is lost.") { undo, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment, PartitionPatience);
            bool partitioned = !parse.GetValue(undo);
            await client.PutAsync("/v1/store/partitions", stop, ("partitioned", partitioned ? "true" : "false"));
            return Output.Write(parse, common, environment, new { Partitioned = partitioned }, _ => environment.Out.WriteLine(
                partitioned ? "the events' table is partitioned by archive state" : "the events' table is one again"));
        });
        return command;
    }

    private static Command Retention(CommonOptions common, CliEnvironment environment)
    {
        Argument<string?> @class = new("class") { Description = "vrrp, health, hook or node; without it all rules and holds are shown", DefaultValueFactory = _ => null };
        Option<int?> days = new("--days") { Description = "archive streams of the class to which nothing was appended for so many days", HelpName = "N" };
        Option<bool> forever = new("--forever") { Description = "archive none of the class" };
        Command command = new("retention", "Show or set when streams are archived.") { @class, days, forever, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string? name = parse.GetValue(@class);
            bool set = parse.GetValue(forever) || parse.GetValue(days) is not null;
            if (set != (name is not null) || (parse.GetValue(forever) && parse.GetValue(days) is not null))
            {
                throw new CliException("give a class with --days N or with --forever, or nothing at all to see the rules");
            }

            if (set)
            {
                await client.PutAsync("/v1/store/retention", stop, ("class", name), ("days", $"{parse.GetValue(days)}"));
            }

            RetentionView view = await client.GetAsync<RetentionView>("/v1/store/retention", stop);
            return Output.Write(parse, common, environment, view, times => StoreText.Write(environment, times, view));
        });
        return command;
    }

    private static Command Hold(CommonOptions common, CliEnvironment environment)
    {
        (Argument<string> stream, Option<string?> site) = (Stream(), Site());
        Option<string> reason = new("--reason") { Description = "why, for those who ask later", HelpName = "TEXT", Required = true };
        Command command = new("hold", "Keep a stream from being archived; a name that ends in '*' holds all that begin so.") { stream, site, reason, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string name = parse.GetRequiredValue(stream);
            await client.PutAsync(
                "/v1/store/holds", stop, ("stream", name), ("site", parse.GetValue(site)), ("reason", parse.GetRequiredValue(reason)));
            return Output.Write(parse, common, environment, new { Stream = name, Held = true }, _ => environment.Out.WriteLine($"{name}: held"));
        });
        return command;
    }

    private static Command Release(CommonOptions common, CliEnvironment environment)
    {
        (Argument<string> stream, Option<string?> site) = (Stream(), Site());
        Command command = new("release", "Lift a hold.") { stream, site, common.TokenFile };
        command.SetAction(async (parse, stop) =>
        {
            using ServerClient client = common.Client(parse, environment);
            string name = parse.GetRequiredValue(stream);
            await client.DeleteAsync("/v1/store/holds", stop, ("stream", name), ("site", parse.GetValue(site)));
            return Output.Write(parse, common, environment, new { Stream = name, Held = false }, _ => environment.Out.WriteLine($"{name}: no longer held"));
        });
        return command;
    }
}
