using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Reading;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>Reads keepalived's configuration language. Pure: files come through <see cref="IConfigFiles"/>, and equal files give equal results.</summary>
public static class ConfigReader
{
    /// <summary>Reads a configuration and everything it includes, and checks it to the end whatever is wrong with it.</summary>
    /// <param name="path">The file, or a pattern of several.</param>
    /// <param name="files">Gives the text of files.</param>
    /// <param name="options">What the command line sets.</param>
    /// <param name="memory">Of an earlier reading (<see cref="ConfigParse.Memory"/>): what has not changed since is not read again. The result is the same without it.</param>
    /// <returns>All diagnostics in the order of the files; the configuration when none of them is an error. Never throws for what a file holds.</returns>
    public static ConfigParse Read(string path, IConfigFiles files, ConfigOptions options, ConfigMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        var log = new DiagnosticLog(options.Limits.Diagnostics);
        var preprocessor = new Preprocessor(files, options, log, memory);
        preprocessor.Read(path);
        var builder = new ConfigBuilder(log);
        KeepalivedConfig config = builder.Build(preprocessor.Statements.Root);
        if (builder.IsOutdated)
        {
            return Read(path, files, options);
        }

        return new ConfigParse(log.HasError ? null : config, log.ToImmutable(preprocessor.FileNames), preprocessor.Statements.Text)
        {
            Memory = new ConfigMemory(preprocessor.Known),
        };
    }
}
