using Keepalived.Es.Scripting.Shell;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Runs a hook that is a program.</summary>
public sealed class ShellHookHandler(ScriptRunner runner) : IRequestHandler<ShellHookRun, HookOutcome>
{
    public async Task<HookOutcome> Handle(ShellHookRun request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsRehearsal)
        {
            return new HookOutcome(0, null, null, null, TimeSpan.Zero, "");
        }

        var program = new ShellRequest(request.Script.Command) { User = request.Script.User, Group = request.Script.Group, TimeLimit = request.TimeLimit };
        ShellOutcome outcome = await runner.RunAsync(program, cancellationToken).ConfigureAwait(false);
        return new HookOutcome(
            outcome.ExitCode, outcome.Signal, outcome.Error, outcome.TimedOut ? "time limit" : null, outcome.Duration, outcome.OutputTail);
    }
}
