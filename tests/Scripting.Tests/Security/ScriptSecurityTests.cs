using System.Diagnostics;
using Keepalived.Es.Scripting.Security;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.Security;

/// <summary>With real owners and modes, so as root. Below a directory in /tmp, which is root's and sticky.</summary>
public sealed class ScriptSecurityTests : IDisposable
{
    private const uint Nobody = 65534;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");

    public ScriptSecurityTests()
    {
        Directory.CreateDirectory(At("x/y"));
        File.WriteAllText(At("x/y/script"), "#!/bin/sh\n");
        Chmod("0755", _directory.FullName, At("x"), At("x/y"), At("x/y/script"));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [LabTheory("chroot")]
    [InlineData("", "", null, null)]
    [InlineData("chown nobody x", "x", "owner nobody, must be root", "chown root {0}")]
    [InlineData("chown 4711 x/y/script", "x/y/script", "owner 4711, must be root", "chown root {0}")]
    [InlineData("chmod 0775 x/y && chgrp nogroup x/y", "x/y", "mode 0775, writable by group nogroup", "chmod g-w {0}")]
    [InlineData("chmod 0775 x/y && chgrp 0 x/y", "", null, null)]
    [InlineData("chmod 0757 x/y/script", "x/y/script", "mode 0757, writable by others", "chmod o-w {0}")]
    [InlineData("chmod 0777 x && chgrp nogroup x", "x", "mode 0777, writable by group nogroup and by others", "chmod go-w {0}")]
    [InlineData("chmod 1777 x && chgrp nogroup x", "", null, null)]
    [InlineData("chmod 1777 x/y/script", "x/y/script", "mode 1777, writable by others", "chmod o-w {0}")]
    [InlineData("chmod 0644 x/y/script", "x/y/script", "mode 0644, not executable", "chmod u+x {0}")]
    [InlineData("chown nobody x && chmod 0777 x", "x", "owner nobody, must be root", "chown root {0}")]
    [InlineData("rm x/y/script && mkdir x/y/script", "x/y/script", "is not a file", null)]
    [InlineData("rm x/y/script", "x/y/script", "does not exist", null)]
    public void Root_runs_only_what_nobody_else_could_have_written(string change, string component, string? problem, string? remedy)
    {
        Sh(change);
        ScriptFinding? finding = ScriptSecurity.Check(At("x/y/script"), 0);
        Assert.Equal(problem is null ? null : new ScriptFinding(At(component), problem, remedy is null ? null : string.Format(remedy, At(component))), finding);
        if (remedy is not null)
        {
            Sh(finding!.Remedy!);
            Assert.NotEqual(finding, ScriptSecurity.Check(At("x/y/script"), 0));
        }
    }

    [LabTheory("chroot")]
    [InlineData("", "", null, null)]
    [InlineData("chmod 0750 x", "x", "mode 0750, owner root, group root: user nobody cannot enter it", "chmod o+x {0}")]
    [InlineData("chmod 0750 x && chgrp nogroup x", "", null, null)]
    [InlineData("chmod 0705 x && chgrp nogroup x", "x", "mode 0705, owner root, group nogroup: user nobody cannot enter it", "chmod g+x {0}")]
    [InlineData("chmod 0655 x/y && chown nobody x/y", "x/y", "mode 0655, owner nobody, group root: user nobody cannot enter it", "chmod u+x {0}")]
    [InlineData("chmod 0754 x/y/script", "x/y/script", "mode 0754, owner root, group root: user nobody cannot execute it", "chmod o+x {0}")]
    [InlineData("chmod 0751 x/y/script", "x/y/script", "mode 0751, owner root, group root: user nobody cannot read it", "chmod o+r {0}")]
    [InlineData("chmod 0700 x/y/script", "x/y/script", "mode 0700, owner root, group root: user nobody cannot execute it", "chmod o+rx {0}")]
    [InlineData("cp /bin/true x/y/script && chmod 0751 x/y/script", "", null, null)]
    [InlineData("chmod 0777 x && chown 4711 x/y/script", "", null, null)]     // who could change it is not his concern
    public void Another_user_must_be_able_to_execute_it_and_then_he_is(string change, string component, string? problem, string? remedy)
    {
        Sh(change);
        ScriptFinding? finding = ScriptSecurity.Check(At("x/y/script"), Nobody);
        Assert.Equal(problem is null ? null : new ScriptFinding(At(component), problem, remedy is null ? null : string.Format(remedy, At(component))), finding);
        int byShell = problem?.EndsWith("read it", StringComparison.Ordinal) == true ? 2 : 126;    // the kernel executes it, then the shell cannot open it
        Assert.Equal(finding is null ? 0 : byShell, Exit($"exec chroot --skip-chdir --userspec=nobody:nogroup --groups= / {At("x/y/script")}"));
        if (remedy is not null)
        {
            Sh(finding!.Remedy!);
            Assert.Null(ScriptSecurity.Check(At("x/y/script"), Nobody));
        }
    }

    [LabFact]
    public void The_group_that_is_configured_counts_and_not_the_users_own()
    {
        Sh("chmod 0750 x && chgrp 4712 x");
        Assert.NotNull(ScriptSecurity.Check(At("x/y/script"), Nobody));
        Assert.Null(ScriptSecurity.Check(At("x/y/script"), Nobody, 4712));
    }

    [LabFact]
    public void A_link_stands_for_what_it_names()
    {
        File.CreateSymbolicLink(At("link"), At("x/y/script"));
        Assert.Null(ScriptSecurity.Check(At("link"), 0));
        Assert.Equal(At("x/y/script"), ScriptSecurity.RealPath(At("link")));
        Sh("chown nobody x");
        Assert.Equal(At("x"), ScriptSecurity.Check(At("link"), 0)?.Component);
        File.CreateSymbolicLink(At("loop"), At("loop"));
        Assert.Equal("does not exist", ScriptSecurity.Check(At("loop"), 0)?.Problem);
    }

    [LabFact]
    public void A_remedy_can_be_pasted_into_a_shell_whatever_the_name()
    {
        string odd = At("x/a b'$(c)");
        File.WriteAllText(odd, "");
        Chmod("0777", odd);
        ScriptFinding finding = ScriptSecurity.Check(odd, 0)!;
        Assert.Contains(finding.Remedy!, finding.ToString(), StringComparison.Ordinal);
        Sh(finding.Remedy!);
        Assert.Null(ScriptSecurity.Check(odd, 0));
    }

    [Fact]
    public void Missing_and_not_executable_are_told_apart()
    {
        Chmod("0644", At("x/y/script"));
        Assert.Equal(ProgramPresence.NotExecutable, ScriptSecurity.Presence(At("x/y/script")));
        Assert.Equal(ProgramPresence.NotExecutable, ScriptSecurity.Presence(At("x")));
        Assert.Equal(ProgramPresence.Missing, ScriptSecurity.Presence(At("none")));
        Assert.Equal(ProgramPresence.Missing, ScriptSecurity.Presence("no-such-program"));
        Assert.Equal(ProgramPresence.Missing, ScriptSecurity.Presence(""));
        Assert.Equal(ProgramPresence.Executable, ScriptSecurity.Presence("sh"));
        Assert.EndsWith("/sh", ScriptSecurity.Resolve("sh"), StringComparison.Ordinal);
        Assert.Null(ScriptSecurity.Resolve("no-such-program"));
        Assert.Null(ScriptSecurity.Resolve("/no/such/program"));
    }

    [Fact]
    public void A_user_is_there_or_not()
    {
        Assert.True(Account.Exists("root"));
        Assert.False(Account.Exists("no-such-user"));
        Assert.Equal(new Account(Nobody, 65534), Account.Find("nobody", null, out _));
        Assert.Equal(new Account(Nobody, 65534), Account.Find("65534", null, out _));
        Assert.Contains(0u, Account.GroupsOf(0));
        Assert.Empty(Account.GroupsOf(3_000_000_000));
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private static void Chmod(string mode, params string[] paths)
    {
        foreach (string path in paths)
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }
    }

    private void Sh(string script) => Assert.Equal(0, Exit(script));

    private int Exit(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = _directory.FullName, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
