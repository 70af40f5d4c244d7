using System.Globalization;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>The options of <c>--genhash</c>: keepalived's.</summary>
internal sealed record GenhashOptions
{
    internal const string Usage = """
        Usage: keepalived-es --genhash -s ADDRESS -p PORT -u URL [OPTION]...

        Prints the MD5 of a page as keepalived's "digest" wants it.

          -s, --server=ADDRESS         Use the specified remote server address.
          -p, --port=PORT              Use the specified remote server port.
          -u, --url=URL                Use the specified remote server url.
          -S, --use-ssl                Use SSL connection to remote server.
          -I, --use-sni                Use SNI during SSL handshake (uses virtualhost setting; see -V).
          -V, --use-virtualhost=HOST   Use the specified virtualhost in GET query.
          -P, --protocol=PROTOCOL      Use the specified HTTP protocol: 1.0, 1.0c, 1.0C, 1.1. 1.0c means 1.0 with 'Connection: close'
          -m, --fwmark=MARK            Use the specified FW mark.
          -t, --timeout=SECONDS        Timeout of each step; default 5.
          -v, --verbose                Use verbose mode output.
          -h, --help                   Display this short inlined help screen.

        """;

    private static readonly (char Short, string Long, bool HasValue)[] Known =
    [
        ('s', "server", true), ('p', "port", true), ('u', "url", true), ('S', "use-ssl", false), ('I', "use-sni", false),
        ('V', "use-virtualhost", true), ('P', "protocol", true), ('m', "fwmark", true), ('t', "timeout", true), ('v', "verbose", false), ('h', "help", false),
    ];

    internal RouterAddress Server { get; private init; }

    internal ushort Port { get; private init; }

    internal string Url { get; private init; } = "";

    internal bool Tls { get; private init; }

    internal bool Sni { get; private init; }

    internal string? VirtualHost { get; private init; }

    internal HttpProtocol Protocol { get; private init; }

    internal uint Mark { get; private init; }

    internal TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(5);

    internal bool Verbose { get; private init; }

    internal bool Help { get; private init; }

    /// <exception cref="FormatException">An option is unknown, lacks its value or is out of range, or one that is needed is missing.</exception>
    internal static GenhashOptions Parse(IReadOnlyList<string> arguments)
    {
        var result = new GenhashOptions();
        var words = new Queue<string>(arguments);
        while (words.TryDequeue(out string? word))
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                string[] parts = word[2..].Split('=', 2);
                result = result.Take(Find(option => option.Long == parts[0], word), parts.Length > 1 ? parts[1] : null, words);
                continue;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                throw new FormatException($"genhash: unexpected argument '{word}'");
            }

            for (string rest = word[1..]; rest.Length > 0;)
            {
                (char Short, string Long, bool HasValue) option = Find(known => known.Short == rest[0], $"-{rest[0]}");
                result = result.Take(option, option.HasValue && rest.Length > 1 ? rest[1..] : null, words);
                rest = option.HasValue ? "" : rest[1..];
            }
        }

        bool isComplete = result.Server != RouterAddress.None && result.Port != 0 && result.Url.Length > 0;
        return result.Help || isComplete ? result : throw new FormatException("genhash: --server, --port and --url are needed; see --genhash --help");
    }

    private static (char Short, string Long, bool HasValue) Find(Predicate<(char Short, string Long, bool HasValue)> isMeant, string seen)
    {
        int index = Array.FindIndex(Known, isMeant);
        return index >= 0 ? Known[index] : throw new FormatException($"genhash: unknown option '{seen}'; see --genhash --help");
    }

    private GenhashOptions Take((char Short, string Long, bool HasValue) option, string? attached, Queue<string> words)
    {
        if (!option.HasValue && attached is not null)
        {
            throw new FormatException($"genhash: option --{option.Long} takes no value, seen '{attached}'");
        }

        string value = !option.HasValue ? "" : attached ?? (words.TryDequeue(out string? next) ? next : "");
        if (option.HasValue && value.Length == 0)
        {
            throw new FormatException($"genhash: option --{option.Long} needs a value");
        }

        return option.Short switch
        {
            's' => this with { Server = RouterAddress.Parse(value) },
            'p' => this with { Port = (ushort)Number(option.Long, value, 1, ushort.MaxValue) },
            'u' => this with { Url = value },
            'S' => this with { Tls = true },
            'I' => this with { Sni = true },
            'V' => this with { VirtualHost = value },
            'P' => this with { Protocol = ProtocolOf(value) },
            'm' => this with { Mark = (uint)Number(option.Long, value, 0, uint.MaxValue) },
            't' => this with { Timeout = TimeSpan.FromSeconds(Number(option.Long, value, 1, 4294)) },
            'v' => this with { Verbose = true },
            _ => this with { Help = true },
        };
    }

    private static long Number(string name, string value, long first, long last) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= first && number <= last
            ? number
            : throw new FormatException($"genhash: --{name} '{value}', allowed {first} to {last}");

    private static HttpProtocol ProtocolOf(string value) => value switch
    {
        "1.0" => HttpProtocol.Http10,
        "1.0c" => HttpProtocol.Http10Close,
        "1.0C" => HttpProtocol.Http10CapitalClose,
        "1.1" => HttpProtocol.Http11,
        _ => throw new FormatException($"genhash: --protocol '{value}', allowed 1.0, 1.0c, 1.0C, 1.1"),
    };
}
