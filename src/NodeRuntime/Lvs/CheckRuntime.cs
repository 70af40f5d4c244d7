using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>What the loop keeps of one check. Touched by the loop's thread only.</summary>
internal sealed class CheckRuntime : IDisposable
{
    private CancellationTokenSource? _asking;

    internal CheckRuntime(CheckSettings settings, VirtualServerRuntime owner, int server, IProbe? probe)
    {
        (Settings, Owner, Server, Probe) = (settings, owner, server, probe);
        Config = CheckConfig.Of(settings);
        Text = TextOf(settings);
    }

    internal CheckSettings Settings { get; }

    internal CheckConfig Config { get; }

    internal VirtualServerRuntime Owner { get; set; }

    /// <summary>Number of the real server within its virtual server.</summary>
    internal int Server { get; set; }

    /// <summary>Null: nobody asks, the result comes by itself (FILE_CHECK, BFD_CHECK).</summary>
    internal IProbe? Probe { get; }

    /// <summary>Keyword and target, for messages and records: <c>TCP_CHECK 198.51.100.1:80</c>.</summary>
    internal string Text { get; }

    /// <summary>Number of its deadline.</summary>
    internal int Index { get; set; }

    internal CheckState State { get; set; }

    /// <summary>Its place in <see cref="CheckSlots"/>.</summary>
    internal int Slot { get; set; }

    /// <summary>Tries so far.</summary>
    internal int Tries { get; set; }

    /// <summary>Of a try on the reactor.</summary>
    internal long Ticket { get; set; }

    /// <summary>When the try under way began.</summary>
    internal TimeSpan AskedAt { get; set; }

    /// <summary>What the last try found.</summary>
    internal ProbeResult LastResult { get; set; }

    /// <summary>Tries that could not be made since the last report of it.</summary>
    internal long NotMade { get; set; }

    /// <summary>When that was reported last.</summary>
    internal TimeSpan NotMadeReported { get; set; } = TimeSpan.MinValue;

    /// <summary>Of the record that the last change of the check is.</summary>
    internal long Token { get; set; }

    /// <summary>A token for the next try.</summary>
    internal CancellationToken BeginAsking() => (_asking ??= new CancellationTokenSource()).Token;

    /// <summary>Gives up a try that is not on the reactor.</summary>
    internal void Abandon()
    {
        _asking?.Cancel();
        _asking?.Dispose();
        _asking = null;
    }

    public void Dispose()
    {
        Abandon();
        Probe?.Dispose();
    }

    private static string TextOf(CheckSettings settings) => settings switch
    {
        NetworkCheckSettings { Target: { Port: 0 } target } => $"{settings.Kind} {target.Address}",
        NetworkCheckSettings { Target: { Address.IsIPv4: true } target } => $"{settings.Kind} {target.Address}:{target.Port}",
        NetworkCheckSettings { Target: var target } => $"{settings.Kind} [{target.Address}]:{target.Port}",
        MiscCheckSettings misc => $"{settings.Kind} {misc.Script.Command[0]}",
        FileCheckSettings file => $"{settings.Kind} {file.TrackFile}",
        BfdCheckSettings bfd => $"{settings.Kind} {bfd.Session}",
        _ => settings.Kind,
    };
}
