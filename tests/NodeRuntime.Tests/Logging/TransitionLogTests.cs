using Keepalived.Es.Domain.Vrrp;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

/// <summary>Alone in its collection, since the log is the process's one.</summary>
[CollectionDefinition("the log", DisableParallelization = true)]
public sealed class TheLog;

[Collection("the log")]
public sealed class TransitionLogTests : IDisposable
{
    private readonly Collect _collected = new();

    public TransitionLogTests() => Serilog.Log.Logger = new LoggerConfiguration().WriteTo.Sink(_collected).CreateLogger();

    public void Dispose() => Serilog.Log.Logger = Logger.None;

    [Theory]                                                     // from, to, reason -> keepalived's own line
    [InlineData(VrrpPhase.Initialize, VrrpPhase.Backup, TransitionReason.Started, "(VI_1) Entering BACKUP STATE (init)", "INIT", "BACKUP")]
    [InlineData(VrrpPhase.Initialize, VrrpPhase.Fault, TransitionReason.FaultDetected, "(VI_1) Entering FAULT STATE (init)", "INIT", "FAULT")]
    [InlineData(VrrpPhase.Backup, VrrpPhase.Master, TransitionReason.MasterDownTimerExpired, "(VI_1) Entering MASTER STATE", "BACKUP", "MASTER")]
    [InlineData(VrrpPhase.Master, VrrpPhase.Backup, TransitionReason.HigherPriorityAdvertisement, "(VI_1) Entering BACKUP STATE", "MASTER", "BACKUP")]
    [InlineData(VrrpPhase.Master, VrrpPhase.Fault, TransitionReason.FaultDetected, "(VI_1) Entering FAULT STATE", "MASTER", "FAULT")]
    [InlineData(VrrpPhase.Fault, VrrpPhase.Backup, TransitionReason.FaultCleared, "(VI_1) Entering BACKUP STATE", "FAULT", "BACKUP")]
    [InlineData(VrrpPhase.Master, VrrpPhase.Initialize, TransitionReason.Shutdown, "(VI_1) Entering STOP STATE", "MASTER", "STOP")]
    public void A_transition_is_one_line_with_its_properties(VrrpPhase from, VrrpPhase to, TransitionReason reason, string line, string fromWord, string toWord)
    {
        Write(Effect(from, to, reason));
        LogEvent entering = _collected.Events.Single(logged => logged.RenderMessage().Contains("Entering", StringComparison.Ordinal));
        Assert.Equal(line, entering.RenderMessage());
        Assert.Equal(
            ["\"node-a\"", "\"VI_1\"", "51", $"\"{fromWord}\"", $"\"{toWord}\"", $"{reason}"],
            new[] { "Node", "Instance", "Vrid", "From", "To", "Reason" }.Select(name => entering.Properties[name].ToString()));
    }

    [Theory]
    [InlineData(TransitionReason.HigherPriorityAdvertisement, "(VI_1) Master received advert from 192.0.2.7 with higher priority 200, ours 100")]
    [InlineData(TransitionReason.EqualPriorityHigherAddress, "(VI_1) Master received advert from 192.0.2.7 with same priority 200 but higher IP address than ours")]
    [InlineData(TransitionReason.MasterDownTimerExpired, "(VI_1) Receive advertisement timeout, last master 192.0.2.9")]
    [InlineData(TransitionReason.MasterResigned, "(VI_1) Backup received priority 0 advertisement from 192.0.2.9")]
    [InlineData(TransitionReason.PreemptedLowerPriority, "(VI_1) received lower priority (90) advert from 192.0.2.9 - discarding, ours 100")]
    public void The_cause_is_named_before(TransitionReason reason, string line)
    {
        Write(Effect(VrrpPhase.Master, VrrpPhase.Backup, reason));
        Assert.Equal([line, "(VI_1) Entering BACKUP STATE"], _collected.Events.Select(logged => logged.RenderMessage()));
    }

    [Fact]
    public void A_fault_names_the_interface_and_the_remedy()
    {
        Write(Effect(VrrpPhase.Backup, VrrpPhase.Fault, TransitionReason.FaultDetected), FaultReasons.InterfaceDown | FaultReasons.NoSourceAddress);
        Assert.Equal(
            [
                "(VI_1): entering FAULT state (interface eth0 down); plug it in, or: ip link set eth0 up",
                "(VI_1): entering FAULT state (no IPv4 address to send from on interface eth0); waiting for one: ip address add ... dev eth0, or correct 'mcast_src_ip'",
                "(VI_1) Entering FAULT STATE",
            ],
            _collected.Events.Select(logged => logged.RenderMessage()));
    }

    [Theory]
    [InlineData(VrrpPhase.Initialize)]
    [InlineData(VrrpPhase.Fault)]
    public void A_Master_that_leaves_says_that_it_resigned(VrrpPhase to)
    {
        Write(Effect(VrrpPhase.Master, to, TransitionReason.Shutdown));
        Assert.Contains("(VI_1) sent 0 priority", _collected.Events.Select(logged => logged.RenderMessage()));
    }

    private static void Write(VrrpEffect effect, FaultReasons faults = FaultReasons.None)
    {
        var config = new VrrpConfig { Instance = "VI_1", Vrid = 51 };
        VrrpState before = VrrpMachine.Initial(config) with { Master = RouterAddress.Parse("192.0.2.9"), MasterPriority = 90 };
        TransitionLog.Write("node-a", config, "eth0", in effect, in before, before with { Faults = faults });
    }

    private static VrrpEffect Effect(VrrpPhase from, VrrpPhase to, TransitionReason reason) => new(VrrpEffectKind.Transition)
    {
        From = from,
        To = to,
        Reason = reason,
        Cause = new Advertisement(RouterAddress.Parse("192.0.2.7"), 200, TimeSpan.FromSeconds(1)),
    };

    private sealed class Collect : ILogEventSink
    {
        internal List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
