using System.Diagnostics;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class DiskFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DiskFiles _files = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_is_read_with_its_full_path()
    {
        File.WriteAllText(_directory["a.conf"], "text");
        Assert.Equal(new ConfigFile(_directory["a.conf"], "text"), _files.Read(_directory["sub/../a.conf"]));
    }

    [Fact]
    public void A_missing_file_a_directory_and_an_unreadable_one_are_told_apart()
    {
        Assert.Null(_files.Read(_directory["missing"]));
        Assert.Null(_files.Read(_directory["missing/below"]));
        Assert.Equal("is a directory", _files.Read(_directory.Path)!.Error);
        File.CreateSymbolicLink(_directory["loop"], "loop");
        Assert.NotNull(_files.Read(_directory["loop"])!.Error);
    }

    [Fact]
    public void Patterns_find_what_glob_finds()
    {
        MakeTree();
        string[] patterns =
        [
            "*", "*.conf", "a*", "?.conf", "[ab].conf", "[!a].conf", "[^a].conf", "[a-c]*", "[]a]*", "[!]a]*", "[a-]*", "[]-a]*", "[[:digit:]]*", "[[:upper:][:digit:]]*",
            "[![:lower:]é]*", "[[:nothing:]]*", "[a", "[a*", "a[", "x[*", "[[]*", "[z-a]*", "\\*", "\\[a", "a\\b", "[\\]]*", ".*", ".h*", "[.]h*", "?h*", "*/*.conf", "d*/*", "d*/d*/*", "*/",
            "link/*", "d1/../*.conf", "./*.conf", "../*/a.conf", "missing/*", "*/missing", "a.conf", "missing", "d1", "dangling", "dang*", "**", "**/a.conf", "*a*b*c*", "***c", "d1/*/../a.conf",
            "?", "??", "[a-zA-Z]", "*.c*f", "a.conf*", "*?*", "[a-c-e]*", "[!-a]*", "[a\\-z]*", "{a,b}.conf", "~", "$HOME", " *", "é*", "[é]*",
        ];
        foreach (string pattern in patterns)
        {
            string[] found = [.. _files.Glob(pattern, _directory.Path).Select(path => path[(_directory.Path.Length + 1)..]).Order(StringComparer.Ordinal)];
            Assert.True(found.SequenceEqual(Compgen(pattern)), $"{pattern}\nours: {string.Join(' ', found)}\nglob: {string.Join(' ', Compgen(pattern))}");
        }
    }

    [Fact]
    public void Random_patterns_find_what_glob_finds()
    {
        MakeTree();
        string[] pieces = ["a", "b", "c", ".", "*", "?", "[", "]", "!", "^", "-", "[ab]", "[!a-b]", "d1", "/", "[[:alpha:]]", "conf", "1"];
        var random = new Random(1);
        string[] patterns = [.. Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => pieces[random.Next(pieces.Length)])))
            .Where(pattern => !pattern.StartsWith('/') && !pattern.Contains("//", StringComparison.Ordinal) && !pattern.StartsWith('-')).Distinct()];
        string[][] expected = CompgenAll(patterns);
        for (int i = 0; i < patterns.Length; i++)
        {
            string[] found = [.. _files.Glob(patterns[i], _directory.Path).Select(path => path[(_directory.Path.Length + 1)..]).Order(StringComparer.Ordinal)];
            Assert.True(found.SequenceEqual(expected[i]), $"{patterns[i]}\nours: {string.Join(' ', found)}\nglob: {string.Join(' ', expected[i])}");
        }
    }

    [Fact]
    public void An_absolute_pattern_needs_no_working_directory()
    {
        MakeTree();
        Assert.Equal(_files.Glob("*.conf", _directory.Path).Order(), _files.Glob(_directory["*.conf"], "").Order());
    }

    private void MakeTree()
    {
        foreach (string name in (string[])[
            "a.conf", "b.conf", "c.conf", "A.conf", "1.conf", "[a", "a[", "x[y", "]x", "-dash", "*", "a\\b", "a b c", " space", ".hidden", ".h.conf", "abc", "é.conf", "^caret", "!bang",
            "d1/a.conf", "d1/.hidden", "d1/d2/a.conf", "d1/d2/b", "d3/x", "~", "$HOME", "{a,b}.conf"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
            File.WriteAllText(_directory[name], "");
        }

        Directory.CreateSymbolicLink(_directory["link"], "d1");
        File.CreateSymbolicLink(_directory["dangling"], "nowhere");
        File.CreateSymbolicLink(_directory["z.conf"], "a.conf");
    }

    private string[] Compgen(string pattern) => CompgenAll([pattern])[0];

    /// <summary>What bash's own matching of files finds, in the C locale, without directories.</summary>
    private string[][] CompgenAll(string[] patterns)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = _directory.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("""
            shopt -s globasciiranges
            for pattern; do
              compgen -G "$pattern" | while IFS= read -r path; do [ -d "$path" ] || { [ ! -e "$path" ] && [ ! -L "$path" ]; } || printf '%s\n' "$path"; done
              echo //
            done
            """);
        start.ArgumentList.Add("bash");
        Array.ForEach(patterns, start.ArgumentList.Add);
        using Process bash = Process.Start(start)!;
        string[] found = bash.StandardOutput.ReadToEnd().Split("//\n");
        bash.WaitForExit();
        return [.. found.SkipLast(1).Select(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray())];
    }
}
