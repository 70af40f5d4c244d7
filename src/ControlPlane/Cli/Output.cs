using System.CommandLine;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>JSON for programs, text for people.</summary>
internal static class Output
{
    /// <returns><see cref="ExitCode.Ok"/>.</returns>
    internal static int Write<T>(ParseResult parse, CommonOptions common, CliEnvironment environment, T value, Action<TimeText> text)
    {
        if (parse.GetValue(common.Json))
        {
            environment.Out.WriteLine(JsonSerializer.Serialize(value, ApiJson.Indented));
        }
        else
        {
            text(common.Times(parse, environment));
        }

        return ExitCode.Ok;
    }
}
