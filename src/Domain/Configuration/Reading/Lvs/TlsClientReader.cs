using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads the root block <c>SSL</c>.</summary>
internal sealed class TlsClientReader(ValueReader values, KeywordGate gate)
{
    internal TlsClientSettings? Settings { get; private set; }

    internal void Read(Statement head)
    {
        values.IgnoreFrom(head, 1);
        if (Settings is { } before)
        {
            values.Log.Error(DiagnosticCodes.Repeated, head.Span, $"SSL is already given at {before.Span}: checks have one set of certificates");
        }

        var settings = new TlsClientSettings(head.Span);
        foreach (Statement statement in head.Block ?? [])
        {
            if (gate.Admits(statement, "SSL") && values.One(statement) is { } word)
            {
                settings = statement.Keyword switch
                {
                    "password" => settings with { Password = word.Text },
                    "ca" => settings with { Authority = word.Text },
                    "certificate" => settings with { Certificate = word.Text },
                    _ => settings with { Key = word.Text },
                };
            }
        }

        if (settings.Key is null != settings.Certificate is null)
        {
            string missing = settings.Key is null ? "key" : "certificate";
            values.Log.Error(DiagnosticCodes.MissingValue, head.Span, $"SSL has no {missing}: certificate and key belong together");
        }

        Settings = settings;
    }
}
