using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Plain tables on the injected writer.</summary>
internal static class Tables
{
    internal static Table Create(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        }

        return table;
    }

    internal static void AddPlainRow(this Table table, params string[] cells) =>
        table.AddRow(Array.ConvertAll(cells, cell => new Text(cell)));

    internal static void Write(this Table table, CliEnvironment environment)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(environment.Out),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = environment.Width;
        console.Write(table);
    }
}
