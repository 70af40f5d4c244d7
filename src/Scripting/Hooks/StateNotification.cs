using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Something about an instance, a sync group, a virtual or a real server that scripts, FIFOs and mail are told of. Published off the VRRP thread, in the order in which it happened.</summary>
public sealed record StateNotification : INotification
{
    /// <summary><c>INSTANCE</c>, <c>GROUP</c>, <c>VS</c> (a virtual server), <c>RS</c> (one of its real servers) or <c>CHECK</c> (one of that one's checks).</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the instance or group; of a virtual server; of a real server, a blank and its virtual server.</summary>
    public required string Name { get; init; }

    /// <summary>State before, <c>INIT</c> at the start.</summary>
    public required string From { get; init; }

    /// <summary><c>MASTER</c>, <c>BACKUP</c>, <c>FAULT</c> or <c>STOP</c>; not a transition: <c>MASTER_RX_LOWER_PRI</c>, <c>MASTER_PRIORITY</c>, <c>BACKUP_PRIORITY</c>. Of servers: <c>UP</c> or <c>DOWN</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why, in the machine's word: <c>MasterDownTimerExpired</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Effective priority at that moment; 0 for a group or a server.</summary>
    public required byte Priority { get; init; }

    /// <summary>About load balancing, and not about VRRP.</summary>
    public bool IsLvs => Kind is "VS" or "RS" or "CHECK";

    /// <summary>Virtual addresses with their prefix lengths.</summary>
    public IReadOnlyList<string> VirtualAddresses { get; init; } = [];

    /// <summary>Unicast peers.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>The scripts to run, in their order.</summary>
    public IReadOnlyList<HookScript> Scripts { get; init; } = [];

    /// <summary>Whether mail is wanted.</summary>
    public bool SmtpAlert { get; init; }

    /// <summary>Text of the mail about servers, in keepalived's words.</summary>
    public string? MailBody { get; init; }

    /// <summary>Number of the transition on this node since its start: what follows names it as its cause. 0: none.</summary>
    public long Transition { get; init; }

    /// <summary>It may come within milliseconds: what it would go through is rehearsed, and nothing is told.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>Scripts of one owner run one after the other.</summary>
    public string Owner => $"{Kind} {Name}";
}

/// <summary>
/// A transition is decided, and its effects are about to be carried out: the same notification follows once they are in force. What takes time can be made ready.
/// </summary>
/// <param name="Coming">What will be told.</param>
public sealed record TransitionDecided(StateNotification Coming) : INotification;

/// <summary>One script to run.</summary>
/// <param name="Keyword"><c>notify_master</c> and the like; in JavaScript the name of the function.</param>
/// <param name="Command">Program and arguments. A program that ends in <c>.js</c> runs in the sandbox.</param>
/// <param name="User">Null: the daemon's own.</param>
/// <param name="Group">Null: the user's first.</param>
public sealed record HookScript(string Keyword, IReadOnlyList<string> Command, string? User, string? Group)
{
    public bool IsJavaScript => IsInJavaScript(Command[0]);

    /// <summary>Whether a program runs in the sandbox.</summary>
    public static bool IsInJavaScript(string program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.EndsWith(".js", StringComparison.Ordinal);
    }
}
