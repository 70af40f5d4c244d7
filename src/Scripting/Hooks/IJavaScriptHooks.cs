using Keepalived.Es.Scripting.JavaScript;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>The files in JavaScript that a configuration names, each with its worker.</summary>
public interface IJavaScriptHooks
{
    /// <summary>The worker of a script; made if there is none yet.</summary>
    JavaScriptHook Of(HookScript script);

    /// <summary>A run begins that follows from a transition: what it asks of the host is recorded with that cause.</summary>
    void BeginRun(HookRun run);

    /// <summary>A run has ended: what the host functions keep for it can go.</summary>
    void EndRun(long run);
}
