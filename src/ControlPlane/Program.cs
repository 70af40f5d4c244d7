using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.Scripting.JavaScript;

if (args is [HookWorker.Verb])
{
    return HookWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

return await KesCommandLine.RunAsync(args, CliEnvironment.OfProcess());
