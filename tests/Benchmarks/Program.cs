using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Keepalived.Es.Benchmarks;
using Keepalived.Es.Benchmarks.Fleet;
using Keepalived.Es.Benchmarks.Store;

if (args is ["probe", var address, var seconds])
{
    return Probe.Run(address, TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)));
}

if (args is ["checks", var length])
{
    return ProbeCost.Run(TimeSpan.FromSeconds(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
}

if (args is ["accept"])
{
    return ProbeCost.Accept();
}

if (args is ["store", var rounds, var each, var past])
{
    return await StoreBench.RunAsync(
        int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture), int.Parse(each, System.Globalization.CultureInfo.InvariantCulture),
        long.Parse(past, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["partitions", var times, var events])
{
    return await Partitions.RunAsync(
        int.Parse(times, System.Globalization.CultureInfo.InvariantCulture), int.Parse(events, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["fleet", var program, var nodes, var instances, var quiet])
{
    return await FleetBench.RunAsync(
        program, int.Parse(nodes, System.Globalization.CultureInfo.InvariantCulture), int.Parse(instances, System.Globalization.CultureInfo.InvariantCulture),
        int.Parse(quiet, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["replay", var stretch])
{
    return ReplayCost.Run(TimeSpan.FromSeconds(int.Parse(stretch, System.Globalization.CultureInfo.InvariantCulture)));
}

// In this process: the daemon's internals are looked at, and no project needs to be built at run time.
ManualConfig config = ManualConfig.CreateEmpty()
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(ConsoleLogger.Default)
    .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "keepalived-es-benchmarks"));
Summary summary = BenchmarkRunner.Run<SteadyState>(config);
long allocated = summary.Reports.Sum(report => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
Console.WriteLine($"allocated in the steady state: {allocated} B");
return allocated == 0 && summary.Reports.Length == 2 ? 0 : 1;
