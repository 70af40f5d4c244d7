using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class CheckTests
{
    [Theory]                       // keepalived.conf(5): the innermost that is given, otherwise the kind's own default
    [InlineData("", "", "TCP_CHECK {\n}", "60 1 1 60")]
    [InlineData("", "", "HTTP_GET {\nurl {\npath /\n}\n}", "60 1 3 60")]
    [InlineData("delay_loop 7", "", "DNS_CHECK {\n}", "7 3 7 7")]
    [InlineData("delay_loop 7\nretry 2", "", "MISC_CHECK {\nmisc_path /bin/true\n}", "7 2 1 7")]
    [InlineData("", "", "MISC_CHECK {\nmisc_path /bin/true\n}", "60 0 1 60")]
    [InlineData("delay_loop 7\nwarmup 0", "delay_loop 5", "TCP_CHECK {\ndelay_loop 0.5\nretry 0\ndelay_before_retry 0.25\n}", "0.5 0 0.25 0")]
    [InlineData("retry 9", "retry 4", "TCP_CHECK {\nnb_get_retry 3\n}", "60 3 1 60")]
    public void Timing_is_of_the_check_the_server_or_the_virtual_server(string outer, string inner, string check, string expected)
    {
        CheckTiming timing = Check(outer, inner, check).Timing;
        Assert.Equal(expected, FormattableString.Invariant(
            $"{timing.DelayLoop.TotalSeconds} {timing.Retry} {timing.DelayBeforeRetry.TotalSeconds} {timing.Warmup.TotalSeconds}"));
    }

    [Fact]
    public void A_check_asks_its_real_server_unless_it_says_otherwise()
    {
        CheckTarget own = Target("TCP_CHECK {\n}");
        Assert.Equal(("198.51.100.1", 8080, 5.0), (own.Address.ToString(), own.Port, own.Timeout.TotalSeconds));
        CheckTarget other = Target("TCP_CHECK {\nconnect_ip 198.51.100.7\nconnect_port 81\nbindto 198.51.100.8\nbind_port 99\nbind_if eth3\nfwmark 12\nconnect_timeout 2.5\n}");
        Assert.Equal(
            ("198.51.100.7", 81, "198.51.100.8", 99, "eth3", 12u, 2.5),
            (other.Address.ToString(), other.Port, other.BindAddress.ToString(), other.BindPort, other.BindInterface, other.FirewallMark, other.Timeout.TotalSeconds));
    }

    [Fact]
    public void A_url_has_path_status_digest_and_pattern()
    {
        var check = (HttpCheckSettings)Check(
            "virtualhost outer.example",
            "",
            "SSL_GET {\nhttp_protocol 1.0C\nenable_sni\nfast_recovery\ntls_compliant\nurl {\npath /a\nstatus_code 200-204 301\ndigest 9B3A0C85A887A256D6939DA88AABD8CD\n"
            + "regex \"it \\\\d+ \\\"works\\\"\"\nregex_no_match\nregex_options caseless dotall\nregex_min_offset 3\nregex_max_offset 99\nregex_stack 100 200\n}\n"
            + "url {\npath /b\nvirtualhost inner.example\n}\n}");
        Assert.Equal((true, true, true, HttpProtocol.Http10CapitalClose, "outer.example"), (check.Tls, check.EnableSni, check.FastRecovery, check.Protocol, check.VirtualHost));
        Assert.Equal([(200, 204), (301, 301)], check.Urls[0].StatusCodes);
        Assert.Equal(("9b3a0c85a887a256d6939da88aabd8cd", true), (check.Urls[0].Digest, check.Urls[0].TlsCompliant));
        HttpRegexSettings regex = check.Urls[0].Regex!;
        Assert.Equal(("it \\d+ \"works\"", true, "caseless dotall", 3L, 99L, 200L), (regex.Pattern, regex.NoMatch, string.Join(' ', regex.Options), regex.MinimumOffset, regex.MaximumOffset, regex.StackMaximum));
        Assert.Equal(("/b", "inner.example"), (check.Urls[1].Path, check.Urls[1].VirtualHost));
        Assert.Equal([(200, 299)], check.Urls[1].StatusCodes);
    }

    [Fact]
    public void Datagrams_are_written_in_hexadecimal_with_half_bytes_that_do_not_matter()
    {
        var check = (UdpCheckSettings)Check("", "", "UDP_CHECK {\npayload 01 a2FF\nrequire_reply 0X XX f0\nmin_reply_length 3\nmax_reply_length 9\n}");
        Assert.Equal([0x01, 0xA2, 0xFF], check.Payload);
        Assert.Equal([0x00, 0x00, 0xF0], check.Reply);
        Assert.Equal([0xF0, 0x00, 0xFF], check.ReplyMask);
        Assert.Equal((true, 3, 9), (check.RequireReply, check.MinimumReplyLength, check.MaximumReplyLength));
    }

    [Fact]
    public void Files_sessions_and_programs_are_looked_up()
    {
        var file = (FileCheckSettings)Check("", "", "FILE_CHECK {\ntrack_file f\n}", "track_file f {\nfile /run/f\nweight 3 reverse\ninit_file 5 overwrite\n}\n");
        Assert.Equal(("f", 3L, true), (file.TrackFile, file.Weight, file.Reverse));
        var bfd = (BfdCheckSettings)Check("", "", "BFD_CHECK {\nname b\n}", "bfd_instance b {\nneighbor_ip 198.51.100.1\nmin_rx 50\nmultiplier 3\nmax_hops -1\n}\n");
        Assert.Equal(("b", true), (bfd.Session, bfd.Alpha));             // Down until the neighbor is heard
        var misc = (MiscCheckSettings)Check("delay_loop 4", "", "MISC_CHECK {\nmisc_path \"/bin/check 'a b'\"\nmisc_dynamic\nuser nobody nogroup\n}");
        Assert.Equal(("/bin/check|a b", "nobody", "nogroup", true, 4.0), (string.Join('|', misc.Script.Command), misc.Script.User, misc.Script.Group, misc.Dynamic, misc.Timeout.TotalSeconds));
    }

    [Fact]
    public void Old_host_blocks_are_checks_of_their_own()
    {
        RealServerSettings server = Server("", "", "SMTP_CHECK {\nhelo_name lab\nretry 4\nhost {\nconnect_port 25\n}\nhost {\nconnect_port 587\nretry 2\n}\n}");
        Assert.Equal(["25 4 lab", "587 2 lab"], server.Checks.Cast<SmtpCheckSettings>().Select(check => $"{check.Target.Port} {check.Timing.Retry} {check.HeloName}"));
    }

    [Theory]
    [InlineData("TCP_CHECK {\nbindto 2001:db8::1\n}", "bindto 2001:db8::1 is not of the same family as 198.51.100.1, which is asked")]
    [InlineData("HTTP_GET {\n}", "HTTP_GET has no url: there is nothing to ask for")]
    [InlineData("HTTP_GET {\nurl {\n}\n}", "url has no path")]
    [InlineData("HTTP_GET {\nurl {\npath /\nregex_no_match\n}\n}", "this needs a regex in the same url")]
    [InlineData("HTTP_GET {\nurl {\npath /\nstatus_code 99\n}\n}", "status_code '99' is not a code or a range, allowed 100 to 599, as in 200-204 301")]
    [InlineData("HTTP_GET {\nurl {\npath /\ndigest 12\n}\n}", "digest '12' is not 32 hexadecimal digits, as keepalived-es --genhash prints them")]
    [InlineData("HTTP_GET {\nhttp_protocol 1.2\nurl {\npath /\n}\n}", "http_protocol '1.2' is unknown, allowed 1.0, 1.0C, 1.0c, 1.1 and 2")]
    [InlineData("UDP_CHECK {\npayload 012\n}", "payload has 3 hexadecimal digits, an even number is needed")]
    [InlineData("DNS_CHECK {\ntype PTR\n}", "type 'PTR' is unknown, allowed A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY")]
    [InlineData("DNS_CHECK {\nname a..b\n}", "name 'a..b' is not a domain: allowed 253 ASCII characters in all and 1 to 63 between dots")]
    [InlineData("MISC_CHECK {\n}", "MISC_CHECK has no misc_path: there is nothing to run")]
    [InlineData("FILE_CHECK {\ntrack_file none\n}", "there is no track_file 'none': FILE_CHECK has nothing to look at")]
    [InlineData("BFD_CHECK {\nname none\n}", "there is no bfd_instance 'none': BFD_CHECK has nothing to look at")]
    [InlineData("TCP_CHECK {\nrise 0\n}", "rise 0 is out of range, allowed 1 to 100")]
    public void What_is_wrong_in_a_check_is_an_error(string check, string message)
    {
        ConfigParse parse = Configs.Read(Text("", "", check));
        Assert.Null(parse.Config);
        Assert.Contains(message, parse.Diagnostics.Select(found => found.Message));
    }

    [Theory]
    [InlineData("", "bfd_instance b has no neighbor_ip")]
    [InlineData("neighbor_ip 198.51.100.1\nsource_ip 2001:db8::1", "source_ip 2001:db8::1 and neighbor_ip 198.51.100.1 of bfd_instance b are not of one family")]
    [InlineData("neighbor_ip 198.51.100.1\nidle_tx 999", "idle_tx 999 ms is out of range, allowed 1000 ms to 4294967 ms")]
    public void What_is_wrong_in_a_session_is_an_error(string lines, string message) =>
        Assert.Contains(message, Configs.Read($"bfd_instance b {{\n{lines}\n}}").Diagnostics.Select(found => found.Message));

    [Theory]
    [InlineData("weight -20", "'weight' of a bfd_instance acts with track_bfd only, which is not yet in force: no priority changes")]
    [InlineData("vrrp", "'vrrp' of a bfd_instance acts with track_bfd only, which is not yet in force: no vrrp_instance hears of the session")]
    public void What_belongs_to_track_bfd_is_warned_of(string line, string message)
    {
        ConfigDiagnostic found = Assert.Single(Configs.Read($"bfd_instance b {{\nneighbor_ip 198.51.100.1\n{line}\n}}").Diagnostics);
        Assert.Equal((Severity.Warning, 3, message), (found.Severity, found.Span.Line, found.Message));
    }

    private static CheckTarget Target(string check) => ((NetworkCheckSettings)Check("", "", check)).Target;

    private static CheckSettings Check(string outer, string inner, string check, string before = "") => Assert.Single(Server(outer, inner, check, before).Checks);

    private static RealServerSettings Server(string outer, string inner, string check, string before = "")
    {
        ConfigParse parse = Configs.Read(before + Text(outer, inner, check));
        Assert.DoesNotContain(parse.Diagnostics, found => found.Severity == Severity.Error);
        return Assert.Single(Assert.Single(parse.Config!.Lvs.VirtualServers).RealServers);
    }

    private static string Text(string outer, string inner, string check) =>
        $"virtual_server 192.0.2.1 80 {{\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\n{outer}\nreal_server 198.51.100.1 8080 {{\n{inner}\n{check}\n}}\n}}\n";
}
