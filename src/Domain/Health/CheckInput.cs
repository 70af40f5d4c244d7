namespace Keepalived.Es.Domain.Health;

public enum CheckInputKind : byte
{
    /// <summary>A deadline of the state has been reached.</summary>
    DeadlineReached,

    /// <summary>The try succeeded.</summary>
    Succeeded,

    /// <summary>The try failed.</summary>
    Failed,

    /// <summary>This host could not make the try: nothing is known of the server.</summary>
    NotTried,

    /// <summary><c>ha_suspend</c>: the virtual address has gone from this host.</summary>
    Suspended,

    /// <summary>The virtual address is here again.</summary>
    Resumed,
}

/// <summary>The one thing that a step asks the shell to do.</summary>
public enum CheckEffect : byte
{
    None,

    /// <summary>Make a try, for the url <see cref="CheckState.Step"/>.</summary>
    Ask,

    /// <summary>The check succeeds from here on.</summary>
    WentUp,

    /// <summary>The check fails from here on.</summary>
    WentDown,

    /// <summary>The first try of a check that counted as failing has failed.</summary>
    StayedDown,

    /// <summary>Give up the try that is under way.</summary>
    Abandon,
}
