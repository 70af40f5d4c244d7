using System.Text.Json;
using Keepalived.Es.ControlPlane.Anchors;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Audit.Verify;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Roots that were kept outside the database, one a line, compared with those that the database gives. Lines may be missing or repeated.</summary>
internal sealed class KeptAnchors : IDisposable
{
    private readonly string _file;
    private readonly StreamReader _reader;
    private readonly VerifyScope _scope;
    private int _line;
    private Anchor? _kept;
    private Anchor? _seen;

    /// <exception cref="CliException">The file cannot be read, or its first line is no root.</exception>
    internal KeptAnchors(string file, VerifyScope scope)
    {
        try
        {
            (_file, _scope, _reader) = (file, scope, new StreamReader(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--anchors '{file}': {unreadable.Message}");
        }

        _kept = Read();
    }

    /// <summary>How many were compared.</summary>
    internal long Compared { get; private set; }

    /// <summary>Takes the next root of the database.</summary>
    internal VerifyDifference? Next(Anchor stored)
    {
        _seen = stored;
        for (; _kept is { } kept && kept.Number <= stored.Number; _kept = Read())
        {
            if (kept != stored)
            {
                return kept.Number < stored.Number ? Missing(kept) : Differs(kept, JsonSerializer.Serialize(stored, ApiJson.Options));
            }

            Compared++;
        }

        return null;
    }

    /// <summary>The database has no more.</summary>
    internal VerifyDifference? End() => _kept is { } kept && (_scope.To is null || kept.At <= _scope.To) ? Missing(kept) : null;

    public void Dispose() => _reader.Dispose();

    private VerifyDifference Missing(Anchor kept) => kept == _seen ? Differs(kept, "it twice") : Differs(kept, "no such root in the database");

    private VerifyDifference Differs(Anchor kept, string found) =>
        new($"root {kept.Number} (positions {kept.From} to {kept.To}) as it is kept in {_file}, line {_line}", JsonSerializer.Serialize(kept, ApiJson.Options), found,
            Position: kept.From);

    private Anchor? Read()
    {
        while (_reader.ReadLine() is { } text)
        {
            _line++;
            Anchor? anchor = text.Length == 0 ? null : Parse(text);
            if (anchor is not null && (_scope.From is null || anchor.At >= _scope.From) && anchor != _seen)
            {
                return anchor;
            }
        }

        return null;
    }

    private Anchor Parse(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize<Anchor>(text, ApiJson.Options) is { } a && a == Anchor.Seal(a.Number, a.From, a.To, a.Events, a.Root, a.At, a.Previous))
            {
                return a;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new CliException($"--anchors '{_file}', line {_line}: it is no root as 'kes serve --anchor' writes it, or was changed");
    }
}
