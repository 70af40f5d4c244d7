using System.Text.RegularExpressions;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.Embedded;

namespace Keepalived.Es.ControlPlane.Hooks;

/// <summary>
/// Compiles today's JavaScript or TypeScript into the ES5 that the sandbox takes, with the TypeScript compiler on Node.js. The compiler, of one
/// pinned version, is installed from npm into the user's cache on first use.
/// </summary>
/// <param name="cache">Directory that holds the compiler.</param>
/// <param name="say">Told what is installed.</param>
internal sealed partial class HookCompiler(string cache, Action<string> say)
{
    internal const string TypeScriptVersion = "5.9.3";

    private const string TypesResource = "keepalived-es.d.ts";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CompileLimit = TimeSpan.FromMinutes(1);

    /// <summary>What the sandbox has of the library: ES5, and the additions that it loads as polyfills.</summary>
    private const string Library = "es5,es2015.core,es2015.collection,es2016.array.include,es2017.object,es2017.string,es2019.string";

    /// <summary>Where the result is written: <c>x.ts</c> to <c>x.js</c>, <c>x.js</c> to <c>x.es5.js</c>.</summary>
    internal static string OutputOf(string file) => Path.ChangeExtension(file, Path.GetExtension(file) == ".ts" ? ".js" : ".es5.js");

    /// <summary>Compiles, and writes the result with its source map beside it. With errors nothing is written.</summary>
    /// <returns>Complaints, one a line as <c>file(line,column): error …</c>; empty: it is written.</returns>
    /// <exception cref="CliException">Node.js or npm is missing, or the compiler cannot be installed.</exception>
    internal IReadOnlyList<string> Compile(string file)
    {
        string compiler = Install();
        string work = Directory.CreateTempSubdirectory("kes-hooks-").FullName;
        try
        {
            string types = Path.Combine(work, TypesResource);
            using (Stream embedded = typeof(HookCompiler).Assembly.GetManifestResourceStream(TypesResource)!)
            using (FileStream copy = File.Create(types))
            {
                embedded.CopyTo(copy);
            }

            CommandResult result = Run(
                [
                    "node", compiler, "--target", "ES5", "--lib", Library, "--module", "none", "--strict", "--allowJs", "--checkJs", "--sourceMap", "--inlineSources",
                    "--noEmitOnError", "--newLine", "lf", "--pretty", "false", "--outDir", work, types, file,
                ],
                CompileLimit);
            string written = Path.Combine(work, Path.GetFileNameWithoutExtension(file) + ".js");
            if (result.ExitCode != 0 || !File.Exists(written))
            {
                return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }

            Publish(written, file);
            return [];
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The map names the source by its file name alone, so that both can be moved together.</summary>
    private static void Publish(string written, string file)
    {
        string output = OutputOf(file);
        string map = Path.GetFileName(output) + ".map";
        string code = MapComment().Replace(File.ReadAllText(written), $"//# sourceMappingURL={map}");
        string mapText = MapSources().Replace(File.ReadAllText(written + ".map"), $"\"sources\":[\"{Path.GetFileName(file)}\"]", 1);
        File.WriteAllText(output + ".map", mapText);
        File.WriteAllText(output, code);
    }

    /// <returns>Path of the compiler.</returns>
    private string Install()
    {
        string folder = Path.Combine(cache, $"typescript-{TypeScriptVersion}");
        string compiler = Path.Combine(folder, "node_modules/typescript/lib/tsc.js");
        if (File.Exists(compiler))
        {
            return compiler;
        }

        say($"installing typescript {TypeScriptVersion} from npm into {folder}");
        Directory.CreateDirectory(cache);
        string fresh = Directory.CreateTempSubdirectory("kes-typescript-").FullName;
        try
        {
            CommandResult result = Run(
                ["npm", "install", "--prefix", fresh, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", $"typescript@{TypeScriptVersion}"], InstallLimit);
            if (result.ExitCode != 0)
            {
                throw new CliException($"typescript {TypeScriptVersion} cannot be installed: {result.Output}");
            }

            CopyTree(Path.Combine(fresh, "node_modules/typescript"), Path.Combine(folder, "node_modules/typescript"));
        }
        finally
        {
            Directory.Delete(fresh, recursive: true);
        }

        return compiler;
    }

    /// <summary>The compiler's own file comes last: an installation that was interrupted is done again.</summary>
    private static void CopyTree(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).OrderBy(file => file.EndsWith("/tsc.js", StringComparison.Ordinal)))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private static CommandResult Run(string[] command, TimeSpan limit)
    {
        try
        {
            return Command.Run(command, limit);
        }
        catch (EmbeddedException failure)
        {
            throw new CliException($"{failure.Message}; to compile hooks, Node.js and npm are needed (packages nodejs and npm)");
        }
    }

    [GeneratedRegex("//# sourceMappingURL=.*")]
    private static partial Regex MapComment();

    [GeneratedRegex("\"sources\":\\[[^\\]]*\\]")]
    private static partial Regex MapSources();
}
