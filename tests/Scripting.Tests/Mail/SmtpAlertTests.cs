using System.Net;
using Keepalived.Es.Scripting.Mail;
using Keepalived.Es.Scripting.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.Mail;

public sealed class SmtpAlertTests
{
    private static readonly AlertMail Alert = AlertMail.OfInstance("LVS_1", "VI_1", AlertState.Master);

    [Fact]
    public async Task The_dialogue_and_the_mail_are_complete()
    {
        await using var server = new FakeSmtpServer();
        SmtpOutcome outcome = await SendAsync(Settings(server) with { HeloName = "mail.example.org" });
        Assert.Null(outcome.Error);
        Assert.Equal(
            ["EHLO mail.example.org", "MAIL FROM:<node-a@example.org>", "RCPT TO:<one@example.org>", "RCPT TO:<two@example.org>", "DATA", "."],
            server.Commands.Take(6));
        int empty = server.Mail.IndexOf("");
        Assert.Equal(["=> VRRP Instance is now owning VRRP VIPs <="], server.Mail[(empty + 1)..].Where(line => line.Length > 0));
        Assert.Contains("From: node-a@example.org", server.Mail[..empty]);
        Assert.Contains("To: one@example.org, two@example.org", server.Mail[..empty]);
        Assert.Contains("Subject: [LVS_1] VRRP Instance VI_1 - Entering MASTER state", server.Mail[..empty]);
        Assert.Contains("X-Mailer: Keepalived", server.Mail[..empty], StringComparer.OrdinalIgnoreCase);
        Assert.Single(server.Mail[..empty], line => line.StartsWith("Date: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_knows_no_EHLO_is_greeted_with_HELO()
    {
        await using var server = new FakeSmtpServer(answer: line => line.StartsWith("EHLO", StringComparison.Ordinal) ? "502 what" : null);
        Assert.Null((await SendAsync(Settings(server) with { HeloName = "mail.example.org" })).Error);
        Assert.Equal("HELO mail.example.org", server.Commands[1]);
    }

    [Fact]
    public async Task Without_a_name_the_hosts_own_is_given()
    {
        await using var server = new FakeSmtpServer();
        Assert.Null((await SendAsync(Settings(server))).Error);
        Assert.StartsWith($"EHLO {Dns.GetHostName().Split('.')[0]}", server.Commands[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MAIL", "451 try later, disk full", "try later, disk full")]
    [InlineData("DATA", "554 not today", "not today")]
    [InlineData(".", "552 too large for me", "too large for me")]
    [InlineData("RCPT TO:<two", "550 no such user here", "refused for <two@example.org>: Mailbox unavailable. The server response was: no such user here")]
    [InlineData("RCPT", "550 no such user here", "no such user here")]
    public async Task A_refusal_is_an_outcome_with_the_servers_words(string command, string answer, string words)
    {
        await using var server = new FakeSmtpServer(answer: line => line.StartsWith(command, StringComparison.Ordinal) ? answer : null);
        SmtpOutcome outcome = await SendAsync(Settings(server));
        Assert.StartsWith($"smtp_server 127.0.0.1:{server.Port}: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hates_us_from_the_start_is_quoted_too()
    {
        await using var server = new FakeSmtpServer(banner: "554 go away");
        Assert.Contains("go away", (await SendAsync(Settings(server))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_after_the_limit()
    {
        await using var server = new FakeSmtpServer(banner: null);
        var time = new HurriedTime();
        Task<SmtpOutcome> sending = new SmtpAlert(Settings(server) with { ConnectTimeout = TimeSpan.FromSeconds(5) }, time).SendAsync(Alert, default);
        time.Fire();
        Assert.EndsWith("no end of the dialogue within 35 s", (await Ends.Async(sending, "the mail")).Error, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(35), time.Due);
    }

    [Fact]
    public async Task It_can_be_cancelled()
    {
        await using var server = new FakeSmtpServer(banner: null);
        using var cancel = new CancellationTokenSource();
        Task<SmtpOutcome> sending = new SmtpAlert(Settings(server), TimeProvider.System).SendAsync(Alert, cancel.Token);
        await cancel.CancelAsync();
        Assert.EndsWith("cancelled", (await Ends.Async(sending, "the mail")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_and_no_such_host_and_bad_addresses_are_outcomes()
    {
        var settings = new SmtpSettings("127.0.0.1", "node-a@example.org", ["one@example.org"], "LVS_1") { Port = FreePort.Find() };
        Assert.Contains("refused", (await SendAsync(settings)).Error, StringComparison.Ordinal);
        Assert.NotNull((await SendAsync(settings with { Recipients = ["not an address at all"] })).Error);
        Assert.NotNull((await SendAsync(settings with { Recipients = [] })).Error);
        Assert.NotNull((await SendAsync(settings with { From = "" })).Error);
        Assert.NotNull((await SendAsync(settings with { Server = "" })).Error);
        Assert.NotNull((await SendAsync(settings with { Port = 0 })).Error);
    }

    [Theory]
    [InlineData(AlertState.Master, "Entering MASTER state",
        "=> VRRP Instance is now owning VRRP VIPs <=", "=> All VRRP group instances are now in MASTER state <=")]
    [InlineData(AlertState.Backup, "Entering BACKUP state",
        "=> VRRP Instance is no longer owning VRRP VIPs <=", "=> All VRRP group instances are now in BACKUP state <=")]
    [InlineData(AlertState.Fault, "Entering FAULT state",
        "=> VRRP Instance is no longer owning VRRP VIPs <=", "=> All VRRP group instances are now in FAULT state <=")]
    [InlineData(AlertState.Stop, "Stopping", "=> VRRP Instance stopping <=", "=> All VRRP group instances are now stopping <=")]
    [InlineData(AlertState.Deleted, "Deleted", "=> VRRP Deleted at reload <=", "=> VRRP Deleted at reload <=")]
    public void Subject_and_body_are_keepaliveds(AlertState state, string happened, string instance, string group)
    {
        Assert.Equal(new AlertMail($"[R] VRRP Instance N - {happened}", instance), AlertMail.OfInstance("R", "N", state));
        Assert.Equal(new AlertMail($"[R] VRRP Group N - {happened}", group), AlertMail.OfGroup("R", "N", state));
    }

    [Fact]
    public async Task Long_and_odd_names_cannot_forge_a_header()
    {
        AlertMail alert = AlertMail.OfInstance("R\r\nBcc: x@example.org", new string('é', 300), AlertState.Master);
        Assert.Equal(AlertMail.MaximumSubject, alert.Subject.Length);
        Assert.DoesNotContain('\n', alert.Subject);
        await using var server = new FakeSmtpServer();
        Assert.Null((await new SmtpAlert(Settings(server), TimeProvider.System).SendAsync(alert with { Body = new string('é', 600) }, default)).Error);
        Assert.DoesNotContain(server.Mail, line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_same_state_is_not_mailed_twice_in_a_row_for_one_owner()
    {
        var history = new AlertHistory();
        Assert.True(history.IsNew("INSTANCE a", AlertState.Backup));
        Assert.False(history.IsNew("INSTANCE a", AlertState.Backup));
        Assert.True(history.IsNew("INSTANCE b", AlertState.Backup));
        Assert.True(history.IsNew("INSTANCE a", AlertState.Master));
        Assert.True(history.IsNew("INSTANCE a", AlertState.Backup));
        history.Forget("INSTANCE a");
        Assert.True(history.IsNew("INSTANCE a", AlertState.Backup));
    }

    private static SmtpSettings Settings(FakeSmtpServer server) =>
        new("127.0.0.1", "node-a@example.org", ["one@example.org", "two@example.org"], "LVS_1") { Port = server.Port };

    private static Task<SmtpOutcome> SendAsync(SmtpSettings settings) =>
        Ends.Async(new SmtpAlert(settings, TimeProvider.System).SendAsync(Alert, default), "the mail");

    /// <summary>The one timer that is asked for fires on demand.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private Action? _fire;

        internal TimeSpan Due { get; private set; }

        internal void Fire() => _fire?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Due, _fire) = (dueTime, () => callback(state));
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
