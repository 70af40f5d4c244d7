using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class LayoutTests
{
    public static TheoryData<string, int, int> Sizes => new() // struct, our size, the kernel's on x86-64
    {
        { "sockaddr_in", Unsafe.SizeOf<InternetAddress4>(), 16 },
        { "sockaddr_in6", Unsafe.SizeOf<InternetAddress6>(), 28 },
        { "sockaddr_ll", Unsafe.SizeOf<PacketAddress>(), 20 },
        { "sockaddr_nl", Unsafe.SizeOf<NetlinkAddress>(), 12 },
        { "iovec", Unsafe.SizeOf<IoVector>(), 16 },
        { "msghdr", Unsafe.SizeOf<MessageHeader>(), 56 },
        { "mmsghdr", Unsafe.SizeOf<MultiMessageHeader>(), 64 },
        { "ip_mreqn", Unsafe.SizeOf<MulticastRequest4>(), 12 },
        { "ipv6_mreq", Unsafe.SizeOf<MulticastRequest6>(), 20 },
        { "sock_filter", Unsafe.SizeOf<FilterInstruction>(), 8 },
        { "sock_fprog", Unsafe.SizeOf<FilterProgram>(), 16 },
        { "epoll_event", Unsafe.SizeOf<EpollEvent>(), 12 },
        { "timespec", Unsafe.SizeOf<Timespec>(), 16 },
        { "itimerspec", Unsafe.SizeOf<TimerSpec>(), 32 },
        { "timeval", Unsafe.SizeOf<TimeValue>(), 16 },
        { "rlimit64", Unsafe.SizeOf<ResourceLimit>(), 16 },
        { "__user_cap_header_struct", Unsafe.SizeOf<CapabilityHeader>(), 8 },
        { "__user_cap_data_struct[2]", Unsafe.SizeOf<CapabilityData>(), 24 },
        { "ifinfomsg", Unsafe.SizeOf<LinkHeader>(), 16 },
        { "ifaddrmsg", Unsafe.SizeOf<AddressHeader>(), 8 },
        { "ifa_cacheinfo", Unsafe.SizeOf<AddressLifetimes>(), 16 },
        { "rtmsg", Unsafe.SizeOf<RouteHeader>(), 12 },
        { "genlmsghdr", Unsafe.SizeOf<GenericHeader>(), 4 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_struct_has_the_kernels_size(string name, int size, int expected) => Assert.True(size == expected, $"{name}: {size}, not {expected}");

    [Fact]
    public void An_IPv4_socket_address_has_the_kernels_bytes() =>
        AssertBytes("0200 0000 C0000263 0000000000000000", new InternetAddress4(RouterAddress.Parse("192.0.2.99")));

    [Fact]
    public void An_IPv6_socket_address_has_the_kernels_bytes() => AssertBytes(
        "0A00 0000 00000000 FF020000000000000000000000000012 03000000",
        new InternetAddress6(RouterAddress.Parse("ff02::12"), scope: 3));

    [Fact]
    public void A_packet_socket_address_has_the_kernels_bytes() =>
        AssertBytes("1100 0806 07000000 0000 00 00 0000000000000000", new PacketAddress(interfaceIndex: 7, etherType: 0x0806));

    [Fact]
    public void An_interface_name_is_padded_with_zeros() => AssertBytes("65746830 00000000 0000000000000000", new InterfaceNameBytes("eth0"));

    [Theory]
    [InlineData("")]
    [InlineData("sixteen-bytes-xx")]
    public void An_interface_name_that_does_not_fit_is_refused(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => new InterfaceNameBytes(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_timer_value_has_the_kernels_bytes() => AssertBytes(
        "0000000000000000 0000000000000000 0100000000000000 9CC99A3B00000000",
        new TimerSpec { Value = new Timespec(TimeSpan.FromSeconds(2) - new TimeSpan(1)) });

    [Fact]
    public void A_time_survives_the_way_to_the_kernel_and_back()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            var time = new TimeSpan(random.NextInt64(0, TimeSpan.TicksPerDay * 36_500));
            Assert.Equal(time, new Timespec(time).ToTimeSpan());
        }
    }

    private static void AssertBytes<T>(string expected, T value) where T : unmanaged =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value))));
}
