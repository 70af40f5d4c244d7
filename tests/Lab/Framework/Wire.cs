namespace Keepalived.Es.Lab.Framework;

/// <summary>Looks at what passes on an interface.</summary>
internal static class Wire
{
    /// <summary>Waits until so many further advertisements of a node have passed on the client's interface: the protocol's time.</summary>
    internal static async Task AwaitAdvertisementsAsync(NetnsLab lab, LabNode sender, int count)
    {
        CommandResult heard = await Command.RunAsync(
            "ip",
            ["netns", "exec", lab.Client, "tcpdump", "-n", "-q", "-i", "eth0", "-c", $"{count}", $"ip proto 112 and src {sender.Address}"]);
        await lab.ThatAsync($"{count} advertisements of {sender.Name} are heard: {heard}", heard.ExitCode == 0);
    }
}
