using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

/// <summary>A plain instance to change with <c>with</c>.</summary>
internal static class Settings
{
    internal static VrrpInstanceSettings Instance(string name = "VI_1") =>
        new() { Vrrp = new VrrpConfig { Instance = name, Vrid = 51 }, Span = default, Interface = "eth0" };
}
