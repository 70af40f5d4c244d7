using Keepalived.Es.ControlPlane.Cli;

return await KesCommandLine.RunAsync(args, CliEnvironment.OfProcess());
