using Keepalived.Es.NodeRuntime.Tests.Checkers;
using Keepalived.Es.NodeRuntime.Tests.Journal;
using Keepalived.Es.NodeRuntime.Tests.Logging;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    [JournalChild.Verb, ..] => await JournalChild.RunAsync(args[1..]),
    [SeqChild.Verb, ..] => SeqChild.Run(args[1..]),
    [ShortageChild.Verb, ..] => await ShortageChild.RunAsync(args[1..]),
    _ => await ConsoleRunner.Run(args),
};
