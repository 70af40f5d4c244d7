using System.Collections.Frozen;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads the lines of one <c>real_server</c> into a draft.</summary>
internal sealed class RealServerReader(ValueReader values, KeywordGate gate, CheckReader checks)
{
    internal const string Block = "virtual_server/real_server";

    private readonly ValueReader _values = values;

    internal RealServerDraft Read(Statement head)
    {
        var draft = new RealServerDraft(head);
        (draft.Address, draft.Port) = ServerAddress.Read(head, 1, "real_server", _values);
        foreach (Statement statement in head.Block ?? [])
        {
            if (!gate.Admits(statement, Block))
            {
                continue;
            }

            if (statement.Block is not null)
            {
                draft.Checks.Add(checks.Read(statement));
            }
            else if (!TimingLines.TryRead(draft.Defaults, statement, _values, inCheck: false))
            {
                Handlers[statement.Keyword](this, draft, statement);
            }
        }

        return draft;
    }

    private static readonly FrozenDictionary<string, Action<RealServerReader, RealServerDraft, Statement>> Handlers =
        new Dictionary<string, Action<RealServerReader, RealServerDraft, Statement>>
        {
            ["weight"] = (r, d, s) => d.Weight = ServerAddress.Weight(s, r._values) ?? d.Weight,
            ["lvs_method"] = (r, d, s) => d.Forwarding = ServerAddress.ReadForwarding(s, r._values) ?? d.Forwarding,
            ["uthreshold"] = (r, d, s) => d.UpperThreshold = (uint?)r._values.Integer(s, 0, uint.MaxValue) ?? d.UpperThreshold,
            ["lthreshold"] = (r, d, s) => d.LowerThreshold = (uint?)r._values.Integer(s, 0, uint.MaxValue) ?? d.LowerThreshold,
            ["inhibit_on_failure"] = (r, d, s) => d.InhibitOnFailure = r._values.Boolean(s) ?? d.InhibitOnFailure,
            ["alpha"] = (r, d, s) => d.Alpha = r._values.Boolean(s) ?? d.Alpha,
            ["smtp_alert"] = (r, d, s) => d.SmtpAlert = r._values.Boolean(s) ?? d.SmtpAlert,
            ["snmp_name"] = (r, d, s) => d.Label = r._values.One(s)?.Text ?? d.Label,
            ["notify_up"] = (r, d, s) => d.NotifyUp = ScriptReader.Once(d.NotifyUp, s, r._values.Log),
            ["notify_down"] = (r, d, s) => d.NotifyDown = ScriptReader.Once(d.NotifyDown, s, r._values.Log),
        }.ToFrozenDictionary();
}
