using System.CommandLine;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Options that every command understands.</summary>
internal sealed class CommonOptions
{
    internal Option<string?> Server { get; } = new("--server")
    {
        Description = "URL of the control plane; also KES_SERVER. Default: http://127.0.0.1:7340",
        Recursive = true,
        HelpName = "URL",
    };

    internal Option<string?> OperatorTokenFile { get; } = new("--operator-token-file")
    {
        Description = "file with the operator's token; also KES_TOKEN for the token itself. Default: operator.token in the data directory",
        Recursive = true,
        HelpName = "FILE",
    };

    /// <summary>Short for it in every command but <c>nodes enroll</c>, where it names the file for the node's token.</summary>
    internal Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "short for --operator-token-file",
        HelpName = "FILE",
    };

    internal Option<bool> Json { get; } = new("--json") { Description = "write JSON instead of text", Recursive = true };

    internal Option<bool> Utc { get; } = new("--utc") { Description = "show times in UTC instead of the local zone", Recursive = true };

    internal void AddTo(Command command)
    {
        command.Options.Add(Server);
        command.Options.Add(OperatorTokenFile);
        command.Options.Add(Json);
        command.Options.Add(Utc);
    }

    /// <param name="patience">How long an answer may take; null: a minute.</param>
    internal ServerClient Client(ParseResult parse, CliEnvironment environment, TimeSpan? patience = null)
    {
        string url = parse.GetValue(Server) ?? environment.Variable("KES_SERVER") ?? "http://127.0.0.1:7340";
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? new ServerClient(address!, Token(parse, environment), patience)
            : throw new CliException($"server '{url}': an http or https URL is expected, see --server");
    }

    internal TimeText Times(ParseResult parse, CliEnvironment environment) =>
        new(parse.GetValue(Utc) ? TimeZoneInfo.Utc : environment.Zone);

    private string Token(ParseResult parse, CliEnvironment environment)
    {
        string? file = parse.GetValue(OperatorTokenFile) ?? parse.GetValue(TokenFile);
        if (file is null && environment.Variable("KES_TOKEN") is { Length: > 0 } token)
        {
            return token;
        }

        file ??= Path.Combine(environment.DefaultData, Api.OperatorToken.FileName);
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the operator's token cannot be read from '{file}': {unreadable.Message}; give --operator-token-file FILE or set KES_TOKEN");
        }
    }
}
