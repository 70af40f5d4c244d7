using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Keepalived.Es.Domain.Tests.Architecture;

/// <summary>Which assembly may refer to which: read from the built files, so that no project file can say otherwise.</summary>
public sealed class ReferenceTests
{
    private const string Ours = "Keepalived.Es.";

    private static readonly (string Project, string Assembly)[] Projects =
        [("Domain", "Keepalived.Es.Domain"), ("Scripting", "Keepalived.Es.Scripting"), ("NodeRuntime", "keepalived-es"), ("ControlPlane", "kes")];

    [Theory]
    [InlineData("Domain", "")]
    [InlineData("Scripting", "Keepalived.Es.Domain")]
    [InlineData("NodeRuntime", "Keepalived.Es.Domain Keepalived.Es.Scripting")]
    [InlineData("ControlPlane", "Keepalived.Es.Domain Keepalived.Es.Scripting")]
    public void A_project_refers_only_to_those_below_it(string project, string allowed)
    {
        string[] names = [.. Projects.Select(one => one.Assembly)];
        IEnumerable<string> seen = References(project).Where(name => name.StartsWith(Ours, StringComparison.OrdinalIgnoreCase) || names.Contains(name));
        Assert.Empty(seen.Except(allowed.Split(' ')));
    }

    [Theory]                                                     // project, names and beginnings of names that it must never refer to
    [InlineData("Domain", "Npgsql MediatR Jint Serilog Polly Microsoft. SQLitePCLRaw YamlDotNet Spectre")]
    [InlineData("Scripting", "Npgsql Microsoft.AspNetCore Microsoft.Data.Sqlite SQLitePCLRaw Serilog")]
    [InlineData("NodeRuntime", "Npgsql Microsoft.AspNetCore Jint")]
    [InlineData("ControlPlane", "Jint")]
    public void What_belongs_elsewhere_stays_there(string project, string forbidden) =>
        Assert.All(References(project), name => Assert.DoesNotContain(forbidden.Split(' '), beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void The_domain_refers_to_these_parts_of_the_runtime_and_no_others()
    {
        string[] allowed =
        [
            "System.Collections", "System.Collections.Immutable", "System.Linq", "System.Memory", "System.Net.Primitives", "System.Runtime", "System.Security.Cryptography",
            "System.Text.Encodings.Web", "System.Text.Json", "System.Text.RegularExpressions", "System.Runtime.InteropServices", "System.Numerics.Vectors",
        ];
        Assert.Empty(References("Domain").Except(allowed));
    }

    [Fact]
    public void The_domain_has_no_socket_file_process_clock_task_thread_or_chance()
    {
        string[] forbidden =
        [
            "System.IO.File", "System.IO.FileInfo", "System.IO.Directory", "System.IO.FileStream", "System.Net.Sockets.Socket", "System.Net.Http.HttpClient", "System.Diagnostics.Process",
            "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Thread", "System.Threading.Timer",
            "System.Console",
        ];
        Assert.Empty(TypeReferences("Domain").Intersect(forbidden));
        string[] calls =
        [
            "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
            "System.Guid.NewGuid", "System.Random.get_Shared", "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
            "System.Environment.GetEnvironmentVariable", "System.Environment.get_MachineName",
        ];
        Assert.Empty(Calls("Domain").Intersect(calls));
    }

    [Fact]
    public void The_files_that_are_read_are_the_programs()
    {
        Assert.All(Projects, one => Assert.Contains("System.Runtime", References(one.Project)));
        Assert.Contains("Npgsql", References("ControlPlane"));
        Assert.Contains("Microsoft.Data.Sqlite", References("NodeRuntime"));
    }

    private static List<string> References(string project) => Read(
        project, metadata => metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)));

    private static List<string> TypeReferences(string project) => Read(
        project, metadata => metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"));

    private static List<string> Calls(string project) => Read(project, metadata => metadata.MemberReferences.Select(metadata.GetMemberReference)
        .Where(member => member.Parent.Kind == HandleKind.TypeReference)
        .Select(member => (Type: metadata.GetTypeReference((TypeReferenceHandle)member.Parent), Name: metadata.GetString(member.Name)))
        .Select(member => $"{metadata.GetString(member.Type.Namespace)}.{metadata.GetString(member.Type.Name)}.{member.Name}"));

    private static List<string> Read(string project, Func<MetadataReader, IEnumerable<string>> look)
    {
        using FileStream file = File.OpenRead(PathOf(project));
        using var assembly = new PEReader(file);
        return [.. look(assembly.GetMetadataReader())];
    }

    /// <summary>…/tests/Domain.Tests/bin/Debug/net10.0 becomes …/src/PROJECT/bin/Debug/net10.0.</summary>
    private static string PathOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        string root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "src", project, "bin", here.Parent.Name, here.Name, Projects.Single(one => one.Project == project).Assembly + ".dll");
    }
}
