using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Vm;

/// <summary>A configuration that is one text.</summary>
internal sealed class TextFile(string text) : IConfigFiles
{
    public ConfigFile? Read(string path) => new(path, text);

    public IReadOnlyList<string> Glob(string pattern, string workingDirectory) => [pattern];
}
