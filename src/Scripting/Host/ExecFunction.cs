using System.ComponentModel;
using System.Text;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.Host;

/// <summary><c>exec.run(name, argv, {stdin, timeoutMs})</c>: a program of the list, without a shell.</summary>
/// <param name="runner">Starts the programs; it must outlive the function.</param>
public sealed class ExecFunction(ExecSettings settings, ScriptRunner runner) : IHostFunction
{
    private const int MostArguments = 256;
    private const int BufferCharacters = 4096;

    /// <summary>A signal that ended the program is told as a shell tells it.</summary>
    private const int SignalExit = 128;

    private static readonly Dictionary<string, string> Variables = new() { ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin", ["LANG"] = "C.UTF-8" };

    /// <summary>Waited for, once the program has ended, to read what others that it started still hold open.</summary>
    private static readonly TimeSpan _lastOutput = TimeSpan.FromMilliseconds(200);

    public string Name => "exec.run";

    public async Task<JsonObject> CallAsync(JsonArray arguments, HostCall from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(from);
        string? name = arguments.At(0).AsText();
        if (name is null || !settings.Programs.TryGetValue(name, out string? program))
        {
            return HostAnswer.Error($"exec.run: {HostAnswer.Show(arguments.At(0))} is not allowed, allowed: {string.Join(", ", settings.Programs.Keys)}");
        }

        if (ReadArguments(arguments.At(1)) is not { } line)
        {
            return HostAnswer.Error($"exec.run: the arguments are no list of at most {MostArguments} texts without NUL");
        }

        var options = arguments.At(2) as JsonObject;
        using var limit = new CancellationTokenSource(from.Within(options?["timeoutMs"]));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await RunAsync([program, .. line], options?["stdin"].AsText() ?? "", end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return HostAnswer.Error($"exec.run: {program}: {e.Message}");
        }
    }

    private static IReadOnlyList<string>? ReadArguments(JsonNode? node)
    {
        if (node is null)
        {
            return [];
        }

        return node is JsonArray { Count: <= MostArguments } list
            && list.All(item => item.AsText() is { } text && !text.Contains('\0', StringComparison.Ordinal))
            ? [.. list.Select(item => item.AsText()!)]
            : null;
    }

    private async Task<JsonObject> RunAsync(IReadOnlyList<string> command, string input, CancellationToken end)
    {
        using PipedChild child = runner.StartPiped(new ShellRequest(command)
        {
            User = settings.User,
            Group = settings.Group,
            OutputLimit = settings.OutputCharacters + 1,         // one more shows that there was more
            KeepsBeginning = true,
            Environment = Variables,
        });
        var output = new Head(settings.OutputCharacters);
        Task all = Task.WhenAll(WriteAsync(child, input), output.ReadAsync(child.Output));
        bool inTime = await EndedAsync(child, end).ConfigureAwait(false);
        ShellOutcome outcome = await child.Exit.ConfigureAwait(false);
        await Task.WhenAny(all, Task.Delay(_lastOutput, CancellationToken.None)).ConfigureAwait(false);
        string errors = outcome.OutputTail;
        JsonObject answer = inTime ? HostAnswer.Ok() : HostAnswer.Error("exec.run: the time is over, the program was killed");
        answer["code"] = outcome.ExitCode ?? SignalExit + (outcome.Signal ?? 0);
        answer["stdout"] = output.Text;
        answer["stderr"] = errors.Length > settings.OutputCharacters ? errors[..settings.OutputCharacters] : errors;
        answer["truncated"] = output.IsCut || errors.Length > settings.OutputCharacters;
        return answer;
    }

    private static async Task WriteAsync(PipedChild child, string input)
    {
        try
        {
            await child.Input.WriteAsync(Encoding.UTF8.GetBytes(input)).ConfigureAwait(false);
            await child.Input.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It does not read.
        }
    }

    private static async Task<bool> EndedAsync(PipedChild child, CancellationToken end)
    {
        try
        {
            await child.Exit.WaitAsync(end).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            return false;
        }
    }

    /// <summary>The first characters of a stream; the rest is read, so that nobody waits for us, and thrown away.</summary>
    private sealed class Head(int limit)
    {
        private readonly StringBuilder _text = new();

        internal bool IsCut { get; private set; }

        internal string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        internal async Task ReadAsync(Stream stream)
        {
            using var reader = new StreamReader(stream);
            char[] buffer = new char[BufferCharacters];
            try
            {
                for (int count = 1; count > 0;)
                {
                    count = await reader.ReadAsync(buffer).ConfigureAwait(false);
                    Add(buffer.AsSpan(0, count));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The program has gone, and nobody waits for the rest.
            }
        }

        private void Add(ReadOnlySpan<char> characters)
        {
            lock (_text)
            {
                int room = Math.Min(characters.Length, limit - _text.Length);
                _text.Append(characters[..room]);
                IsCut |= room < characters.Length;
            }
        }
    }
}

/// <summary>What <c>exec.run</c> allows.</summary>
/// <param name="Programs">Absolute paths by the names that scripts use.</param>
/// <param name="OutputCharacters">Kept of standard output, and as many of standard error.</param>
/// <param name="User">User to run as; null: the daemon's own.</param>
/// <param name="Group">Group to run as; null: the user's first.</param>
public sealed record ExecSettings(IReadOnlyDictionary<string, string> Programs, int OutputCharacters, string? User = null, string? Group = null);
