namespace Keepalived.Es.Domain.Lvs;

/// <summary>What the number in a tracked file does to a real server (FILE_CHECK).</summary>
/// <param name="Weight">Added to its weight.</param>
/// <param name="Fails">It takes the server down.</param>
public readonly record struct FileContribution(long Weight, bool Fails)
{
    /// <param name="value">The number in the file; 0 when there is none.</param>
    /// <param name="weight">By which it is multiplied; 0: any number other than 0 is a failure.</param>
    /// <param name="reverse">The product counts with the opposite sign; with weight 0, only 0 is a failure.</param>
    public static FileContribution Of(int value, long weight, bool reverse)
    {
        if (weight == 0)
        {
            return new FileContribution(0, (value != 0) != reverse);
        }

        long product = value * weight * (reverse ? -1 : 1);
        return product <= int.MinValue ? new FileContribution(0, true) : new FileContribution(Math.Min(product, int.MaxValue), false);
    }
}
