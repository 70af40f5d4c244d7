using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>The child of the tests: uses up what its limits allow, and then says what probes find, a line each.</summary>
internal static class ShortageChild
{
    internal const string Verb = "--shortage-child";
    internal const string Descriptors = "descriptors";

    internal static async Task<int> RunAsync(string[] arguments)
    {
        using var reactor = new ProbeReactor();
        CheckTarget target = Checks.Target(1);
        using IProbe tcp = ProbeFactory.Create(Checks.Tcp(target), null, reactor);
        using IProbe http = ProbeFactory.Create(Checks.Http(target), null, reactor);
        _ = await http.RunAsync(0, CancellationToken.None);      // what the runtime opens once for all sockets is open then
        List<FileStream> held = [];
        while (arguments[0] == Descriptors)
        {
            try
            {
                held.Add(new FileStream("/dev/null", FileMode.Open));
            }
            catch (IOException)
            {
                break;
            }
        }

        ProbeResult[] results = [await tcp.RunAsync(0, CancellationToken.None), await http.RunAsync(0, CancellationToken.None)];
        held.ForEach(file => file.Dispose());                    // to print takes some too
        foreach (ProbeResult result in results)
        {
            await Console.Out.WriteLineAsync($"{result.Verdict} {result.Note}");
        }

        return 0;
    }
}
