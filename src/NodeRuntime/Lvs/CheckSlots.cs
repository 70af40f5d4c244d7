namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>
/// Gives each check a place for as long as it is configured, and each of its tries a number made of the place and a count: an answer to a try that nobody waits
/// for any more, or to one of a check that has gone, is told apart.
/// </summary>
internal sealed class CheckSlots
{
    /// <summary>Tries of one place before their numbers come again; an answer is never that late.</summary>
    private const int CountBits = 8;

    private const int CountMask = (1 << CountBits) - 1;

    private readonly List<CheckRuntime?> _checks = [];
    private readonly Stack<int> _free = new();

    internal void Add(CheckRuntime check)
    {
        if (_free.TryPop(out int slot))
        {
            _checks[slot] = check;
        }
        else
        {
            slot = _checks.Count;
            _checks.Add(check);
        }

        check.Slot = slot;
    }

    internal void Remove(CheckRuntime check)
    {
        _checks[check.Slot] = null;
        _free.Push(check.Slot);
    }

    internal static int NumberOf(CheckRuntime check) => (check.Slot << CountBits) | (check.Tries & CountMask);

    /// <summary>The check that waits for this try; null: none does.</summary>
    internal CheckRuntime? Find(int number) =>
        _checks[number >> CountBits] is { State.Phase: Domain.Health.CheckPhase.Asking } check && NumberOf(check) == number ? check : null;
}
