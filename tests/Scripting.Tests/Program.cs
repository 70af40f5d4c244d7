using Keepalived.Es.Scripting.JavaScript;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    [HookWorker.Verb] => HookWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput()),
    _ => await ConsoleRunner.Run(args),
};
