namespace Keepalived.Es.Scripting.JavaScript.Protocol;

/// <summary>
/// Kinds of messages. To the worker: <c>load</c>, then any number of <c>prepare</c>, <c>call</c> of what was prepared last and <c>rehearse</c>, and
/// <c>answer</c> to each <c>host</c>. From it: <c>loaded</c> or <c>refused</c>; nothing after <c>prepare</c>; <c>host</c>; <c>done</c> or <c>failed</c>, each
/// followed by <c>ready</c> once the next call may come; <c>ready</c> alone after <c>rehearse</c>.
/// </summary>
internal static class Kinds
{
    internal const string Load = "load";
    internal const string Prepare = "prepare";
    internal const string Call = "call";
    internal const string Rehearse = "rehearse";
    internal const string Answer = "answer";
    internal const string Loaded = "loaded";
    internal const string Refused = "refused";
    internal const string Host = "host";
    internal const string Done = "done";
    internal const string Failed = "failed";
    internal const string Ready = "ready";
}
