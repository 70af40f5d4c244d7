namespace Keepalived.Es.Domain.Configuration;

/// <summary>What the reader takes from outside the files.</summary>
/// <param name="ConfigId">Configuration id that <c>@id</c> lines are compared with: <c>--config-id</c>, otherwise the host's name up to the first dot.
/// Empty: no <c>@id</c> matches and every <c>@^id</c> does.</param>
/// <param name="RandomSeed">Seed of <c>${_RANDOM}</c> until <c>random_seed</c> gives another; null: 0.</param>
/// <param name="Environment">Looks up <c>${_ENV NAME}</c>; null: no variable is known.</param>
/// <param name="AllIncludesStrict"><c>--all-config</c>: every include is as strict as <c>includea</c>.</param>
public sealed record ConfigOptions(
    string ConfigId,
    int? RandomSeed = null,
    Func<string, string?>? Environment = null,
    bool AllIncludesStrict = false)
{
    public ReadLimits Limits { get; init; } = ReadLimits.Default;
}

/// <summary>Bounds of one reading, so that no input can hang the reader or exhaust memory. Each is reported by name when it is met.</summary>
/// <param name="LineLength">Characters of one line, in a file or after substitution. keepalived cuts at 1024 bytes.</param>
/// <param name="IncludeDepth">Files open at once.</param>
/// <param name="BlockDepth">Blocks open at once; the language itself needs 6.</param>
/// <param name="ExpansionDepth">Definitions within definitions.</param>
/// <param name="Work">Characters scanned, copied or substituted in all, across files, definitions, sequences and lists.</param>
/// <param name="Lines">Lines after expansion.</param>
/// <param name="Diagnostics">Problems reported; the rest is counted.</param>
public sealed record ReadLimits(
    int LineLength = 65_536,
    int IncludeDepth = 64,
    int BlockDepth = 32,
    int ExpansionDepth = 64,
    long Work = 1L << 26,
    int Lines = 1_000_000,
    int Diagnostics = 100_000)
{
    public static readonly ReadLimits Default = new();
}
