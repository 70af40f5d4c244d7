using System.Net;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>The frame of every page: no script, no font, no picture from elsewhere.</summary>
public static class HtmlPage
{
    internal const string Style =
        """
        :root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;color:#111827;background:#f9fafb;margin:0 auto;max-width:1140px;padding:1rem}
        nav{display:flex;gap:1.25rem;padding:.5rem 0;border-bottom:1px solid #d1d5db;margin-bottom:1rem}nav a,a{color:#1d4ed8;text-decoration:none}a:hover{text-decoration:underline}
        h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:1.5rem 0 .5rem}.cause{font-size:1.1rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}dt{color:#4b5563}dd{margin:0}
        figure{margin:1rem 0;background:#fff;border:1px solid #d1d5db;border-radius:6px;padding:.5rem;overflow-x:auto}svg{width:100%;min-width:760px;height:auto}
        table{border-collapse:collapse;width:100%;background:#fff}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e5e7eb;vertical-align:top}
        th{color:#4b5563;font-weight:600}tr.inside td{background:#fef2f2}time,code{font-family:ui-monospace,monospace;font-size:.9em;white-space:nowrap}
        .badge{display:inline-block;border-radius:4px;padding:0 .5rem;font-size:.85em;white-space:nowrap}.Critical,.Fault,.NoMaster,.SeveralMasters{background:#b91c1c;color:#fff}
        .Warning,.Unknown,.OneMasterKnown{background:#fde68a}.Notice{background:#e5e7eb}.Master,.OneMaster{background:#15803d;color:#fff}.Backup{background:#93c5fd}
        .Stopped,.Initialize{background:#d1d5db}form{margin:1rem 0;display:flex;gap:.5rem;flex-wrap:wrap}input,button{font:inherit;padding:.3rem .6rem;border:1px solid #9ca3af;border-radius:4px}
        button{background:#1d4ed8;color:#fff;border-color:#1d4ed8;cursor:pointer}.error{color:#b91c1c}
        """;

    /// <summary>A page that needs nothing else.</summary>
    /// <param name="title">Plain text.</param>
    /// <param name="body">HTML.</param>
    public static string Of(string title, string body) => Of(title, body, $"<style>{Style}</style>");

    /// <param name="head">HTML that goes after the title.</param>
    internal static string Of(string title, string body, string head) =>
        $"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{WebUtility.HtmlEncode(title)} - Keepalived.Es</title>
        {head}</head><body>{body}</body></html>
        """;
}
