namespace Keepalived.Es.Scripting.Mail;

/// <summary>Which state was mailed last for whom: the same is not mailed twice in a row. For one thread at a time; bounded by the number of owners.</summary>
public sealed class AlertHistory
{
    private readonly Dictionary<string, AlertState> _last = new(StringComparer.Ordinal);

    /// <summary>Remembers the state.</summary>
    /// <param name="owner">Kind and name, such as <c>GROUP VG_1</c>.</param>
    /// <returns>True: it is another than the last, mail it.</returns>
    public bool IsNew(string owner, AlertState state)
    {
        if (_last.TryGetValue(owner, out AlertState last) && last == state)
        {
            return false;
        }

        _last[owner] = state;
        return true;
    }

    /// <summary>For an owner that is not configured any more.</summary>
    public void Forget(string owner) => _last.Remove(owner);
}
