using Keepalived.Es.Logging;
using Serilog;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

/// <summary>The child that logs numbers without end until it is killed, and says on standard output how far it is.</summary>
internal static class SeqChild
{
    internal const string Verb = "--seq-child";

    /// <param name="arguments">Seq's address, buffer directory, first number.</param>
    internal static int Run(string[] arguments)
    {
        using var sink = new SeqSink(new Uri(arguments[0]), null, arguments[1]);
        Serilog.Core.Logger log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        for (int number = int.Parse(arguments[2]); ; number++)
        {
            log.Information("Number {Number} is {Padding}", number, new string('x', 200));
            if (number % 100 == 0)
            {
                Console.Out.WriteLine(number);
                Thread.Sleep(1);                                 // the pace of the child, no condition: the queue is not to overflow
            }
        }
    }
}
