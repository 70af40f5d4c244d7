using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>Executes operators' commands, each once, and records the outcome, which is its acknowledgement.</summary>
/// <param name="balancing">The loop that there is at the moment; null: none.</param>
internal sealed class OperatorCommands(string node, JournalWriter journal, Func<LvsLoop?> balancing)
{
    /// <summary>Commands that are remembered; one is repeated only until its acknowledgement has arrived.</summary>
    private const int Remembered = 1024;

    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>From one thread at a time.</summary>
    internal void Take(OperatorCommand command)
    {
        if (!_known.Add(command.Id))
        {
            return;
        }

        _order.Enqueue(command.Id);
        if (_order.Count > Remembered)
        {
            _known.Remove(_order.Dequeue());
        }

        _ = ExecuteAsync(command);
    }

    private async Task ExecuteAsync(OperatorCommand command)
    {
        string? error = await DoAsync(command).ConfigureAwait(false);
        Log.Commanded(command.By, command.Text, error);
        journal.Record(new CommandAcknowledged(node, command.Id, command.Text, command.By, error));
    }

    private async Task<string?> DoAsync(OperatorCommand command)
    {
        if (command.Kind is not ("drain" or "undrain"))
        {
            return $"this node knows no command '{command.Kind}': it is of an earlier version than the control plane";
        }

        if (balancing() is not { } loop)
        {
            return "no virtual server is configured on this node";
        }

        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new LvsMessage.Drain(command.Service, command.Server, command.Kind == "drain", command.For, command.By, answer));
        return await answer.Task.ConfigureAwait(false);
    }
}
