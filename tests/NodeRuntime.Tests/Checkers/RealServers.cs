using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>Two namespaces: in one the probes, 10.51.0.1 and fd51::1; in the other Debian's own servers, 10.51.0.2 and fd51::2.</summary>
internal sealed class RealServers : IDisposable
{
    internal const string Server = "10.51.0.2";
    internal const string Server6 = "fd51::2";

    private readonly NetworkNamespace _probes;
    private readonly NetworkNamespace _servers;
    private readonly ProbeReactor _reactor;
    private readonly List<Process> _running = [];

    internal RealServers()
    {
        (_probes, _servers) = NetworkNamespace.Pair();
        _probes.Ip("addr add fd51::1/64 dev left nodad");
        _servers.Ip("addr add fd51::2/64 dev right nodad");
        _reactor = _probes.Run(() => new ProbeReactor());
    }

    internal TemporaryDirectory Folder { get; } = new();

    /// <summary>The probes' side.</summary>
    internal NetworkNamespace Probes => _probes;

    internal static CheckTarget Target(int port, string address = Server) => Checks.Target((ushort)port, address: address);

    /// <summary>Makes one try from the probes' side.</summary>
    internal async Task<ProbeResult> RunAsync(NetworkCheckSettings settings, TlsClientSettings? tls = null)
    {
        using IProbe probe = ProbeFactory.Create(settings, tls, _reactor);
        return await _probes.Run(() => probe.RunAsync(0, TestContext.Current.CancellationToken).AsTask());   // sockets are opened before the first wait
    }

    /// <summary>Starts a server and waits until the port takes connections.</summary>
    internal async Task StartAsync(int port, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = _servers.Run(() => Process.Start(start)!);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Log += $"{line.Data}\n";
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _running.Add(process);
        bool isOpen = false;
        while (!isOpen)
        {
            Assert.False(process.HasExited, $"{program} has ended: {Log}");
            isOpen = (await RunAsync(Checks.Tcp(Target(port)))).Verdict == ProbeVerdict.Succeeded;
        }
    }

    /// <summary>What the servers have said.</summary>
    internal string Log { get; private set; } = "";

    /// <summary>Runs a program on the probes' side.</summary>
    /// <returns>What it prints.</returns>
    internal async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using Process process = _probes.Run(() => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!);
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Writes a certificate signed by itself, and its key, as PEM files.</summary>
    internal void WriteCertificate(string name)
    {
        using X509Certificate2 certificate = Checks.Certificate(name);
        File.WriteAllText(Folder[$"{name}.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(Folder[$"{name}.key"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        foreach (Process process in _running)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _reactor.Dispose();
        _probes.Dispose();
        _servers.Dispose();
        Folder.Dispose();
    }
}
