using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>Tries, their answers, and what comes by itself.</content>
internal sealed partial class LvsLoop
{
    private static readonly TimeSpan NotMadeInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LatenessInterval = TimeSpan.FromSeconds(10);

    /// <summary>A check that begins this much later than it is due is late.</summary>
    private static readonly TimeSpan LateFrom = TimeSpan.FromSeconds(1);

    private long _late;
    private TimeSpan _latest;
    private TimeSpan _lateReported;

    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (bool IsUp, string Note)> _sessions = new(StringComparer.Ordinal);

    private CheckRuntime MakeCheck(CheckSettings settings, VirtualServerRuntime owner, int server)
    {
        IProbe? probe = settings switch
        {
            NetworkCheckSettings network => ProbeFactory.Create(network, _settings.Tls, _reactor!),
            MiscCheckSettings misc => new MiscProbe(misc, _mediator, _scripts),
            _ => null,
        };
        var check = new CheckRuntime(settings, owner, server, probe);
        _slots.Add(check);
        return check;
    }

    /// <summary>The first try is due at a random moment within <c>warmup</c>, so that thousands are spread.</summary>
    private void Prime(CheckRuntime check, TimeSpan now)
    {
        check.State = CheckMachine.Initial(check.Config, now, _random.NextDouble() * check.Config.Timing.Warmup);
        if (check.Probe is null)
        {
            check.State = check.State with { Deadline = CheckState.Never };
        }

        _deadlines.Set(check.Index, check.State.Deadline);
        Log.CheckActivated(check.Owner.NameOf(check.Server), check.Owner.Name);
    }

    private void Step(CheckRuntime check, CheckInputKind input, TimeSpan now)
    {
        CheckState before = check.State;
        check.State = CheckMachine.Step(check.Config, in before, input, now, out CheckEffect effect);
        _deadlines.Set(check.Index, check.State.Deadline);
        switch (effect)
        {
            case CheckEffect.Ask:
                Ask(check, now);
                break;
            case CheckEffect.Abandon:
                Abandon(check);
                break;
            case CheckEffect.WentUp or CheckEffect.WentDown or CheckEffect.StayedDown:
                ReportCheck(check, in before, now);
                VirtualServerInputKind kind = effect switch
                {
                    CheckEffect.WentUp => VirtualServerInputKind.CheckWentUp,
                    CheckEffect.WentDown => VirtualServerInputKind.CheckWentDown,
                    _ => VirtualServerInputKind.CheckStayedDown,
                };
                Feed(check.Owner, new VirtualServerInput(kind, check.Server), check.Token, $"{check.Text} {check.LastResult.Note}", now);
                break;
        }
    }

    private void Ask(CheckRuntime check, TimeSpan now)
    {
        check.Tries++;
        check.AskedAt = now;
        if (check.Probe is ReactorProbe probe)
        {
            check.Ticket = _reactor!.Start(probe, this, CheckSlots.NumberOf(check));
        }
        else
        {
            _ = AskAsync(check.Probe!, CheckSlots.NumberOf(check), check.State.Step, check.BeginAsking());
        }
    }

    private async Task AskAsync(IProbe probe, int number, int step, CancellationToken cancel)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Answer(new ProbeAnswer(number, await probe.RunAsync(step, cancel).ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it.
        }
    }

    private void Abandon(CheckRuntime check)
    {
        if (check.State.Phase == CheckPhase.Asking && check.Probe is ReactorProbe)
        {
            _reactor!.Cancel(check.Ticket);
        }

        check.Tries++;
        check.Abandon();
    }

    private void TakeAnswers(TimeSpan now)
    {
        while (_answers.TryDequeue(out ProbeAnswer answer))
        {
            if (_slots.Find(answer.Try) is { } check)
            {
                Take(check, answer.Result, now);
            }
        }
    }

    private void Take(CheckRuntime check, ProbeResult result, TimeSpan now)
    {
        check.LastResult = result;
        switch (result.Verdict)
        {
            case ProbeVerdict.Succeeded:
                Step(check, CheckInputKind.Succeeded, now);
                break;
            case ProbeVerdict.Failed:
                ReportFailure(check);
                Step(check, CheckInputKind.Failed, now);
                break;
            default:
                ReportNotMade(check, now);
                Step(check, CheckInputKind.NotTried, now);
                break;
        }

        if (result.Weight is { } weight)
        {
            Feed(check.Owner, new VirtualServerInput(VirtualServerInputKind.WeightAsked, check.Server) { Value = weight }, 0, $"{check.Text} {result.Note}", now);
        }
    }

    private void NoteLateness(TimeSpan lateness)
    {
        if (lateness > LateFrom)
        {
            _late++;
            _latest = lateness > _latest ? lateness : _latest;
        }
    }

    private void ReportLateness(TimeSpan now)
    {
        if (_late > 0 && now - LatenessInterval >= _lateReported)
        {
            Log.ChecksLate(_late, _latest);
            Record(new ChecksLate(_node, _late, _latest));
            (_late, _latest, _lateReported) = (0, TimeSpan.Zero, now);
        }
    }

    private void ReportNotMade(CheckRuntime check, TimeSpan now)
    {
        check.NotMade++;
        if (now - NotMadeInterval < check.NotMadeReported)
        {
            return;
        }

        string server = check.Owner.NameOf(check.Server);
        Log.CheckNotMade(server, check.Owner.Name, check.Text, check.LastResult.Note);
        Record(new ChecksNotMade(_node, check.Owner.Name, server, check.Text, check.LastResult.Note, check.NotMade));
        (check.NotMade, check.NotMadeReported) = (0, now);
    }

    private void TakeFile(LvsMessage.FileValue file, TimeSpan now)
    {
        _files[file.File] = file.Value;
        foreach (VirtualServerRuntime server in _servers)
        {
            for (int i = 0; i < server.Checks.Length; i++)
            {
                if (server.Checks[i].Any(check => check.Settings is FileCheckSettings { TrackFile: var name } && name == file.File))
                {
                    ApplyFiles(server, i, $"FILE_CHECK {file.File} is {file.Value}", now);
                }
            }
        }
    }

    private void ApplyFiles(VirtualServerRuntime server, int real, string cause, TimeSpan now)
    {
        (long weight, int failed) = (0, 0);
        foreach (CheckRuntime check in server.Checks[real])
        {
            if (check.Settings is FileCheckSettings file)
            {
                FileContribution contribution = FileContribution.Of(_files.GetValueOrDefault(file.TrackFile), file.Weight, file.Reverse);
                weight += contribution.Weight;
                failed += contribution.Fails ? 1 : 0;
            }
        }

        Feed(server, new VirtualServerInput(VirtualServerInputKind.FilesChanged, real) { Value = weight, Failed = failed }, 0, cause, now);
    }

    private void TakeSession(LvsMessage.SessionState session, TimeSpan now)
    {
        _sessions[session.Session] = (session.IsUp, session.Note);
        foreach (CheckRuntime check in _checks.Where(check => check.Settings is BfdCheckSettings bfd && bfd.Session == session.Session))
        {
            ApplySession(check, now);
        }
    }

    private void ApplySession(CheckRuntime check, TimeSpan now)
    {
        if (check.Settings is not BfdCheckSettings bfd || !_sessions.TryGetValue(bfd.Session, out (bool IsUp, string Note) known))
        {
            return;
        }

        CheckStatus status = known.IsUp ? CheckStatus.Up : CheckStatus.Down;
        if (check.State.Status == status)
        {
            return;
        }

        CheckState before = check.State;
        check.LastResult = new ProbeResult(known.IsUp ? ProbeVerdict.Succeeded : ProbeVerdict.Failed, known.Note);
        check.State = check.State with { Status = status, HasRun = true };
        ReportCheck(check, in before, now);
        VirtualServerInputKind kind = known.IsUp ? VirtualServerInputKind.CheckWentUp : VirtualServerInputKind.CheckWentDown;
        Feed(check.Owner, new VirtualServerInput(kind, check.Server), check.Token, $"{check.Text} {known.Note}", now);
    }

    /// <summary>Steps a virtual server. What the kernel must know waits for <see cref="Settle"/>, and everything else for the kernel.</summary>
    /// <param name="cause">Token of the record that this follows from; 0: none.</param>
    /// <param name="reason">In words.</param>
    private void Feed(VirtualServerRuntime server, in VirtualServerInput input, long cause, string reason, TimeSpan now)
    {
        _effects.Clear();
        server.State = VirtualServerMachine.Step(server.Settings, server.State, in input, now, _effects);
        SetDeadline(server);
        foreach (VirtualServerEffect effect in _effects)
        {
            if (!_byDifference)
            {
                _kernel.Add(server, in effect);
            }

            _told.Add(new Told(server, effect, cause, reason, server.State));
        }
    }

    private void SetDeadline(VirtualServerRuntime server)
    {
        TimeSpan next = server.State.NextDeadline;
        _deadlines.Set(server.Index, next == RealServerState.UntilFurtherNotice ? VrrpState.Never : next);
    }

    /// <summary>One effect on its way to log, journal and notify handlers, with the state right after its step.</summary>
    private readonly record struct Told(VirtualServerRuntime Server, VirtualServerEffect Effect, long Cause, string Reason, VirtualServerState State);

    private static TimeSpan Elapsed(CheckRuntime check) => MonotonicClock.Now - check.AskedAt;
}
