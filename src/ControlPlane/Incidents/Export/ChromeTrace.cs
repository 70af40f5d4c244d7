using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>Chrome's trace format (JSON), which Perfetto opens: a process for each node, a thread for each instance and for the marks. Pure.</summary>
public static class ChromeTrace
{
    public static string Write(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        string[] nodes = [.. story.Lanes.Select(lane => lane.Node).Concat(story.Marks.Select(mark => mark.Node)).Distinct(StringComparer.Ordinal)];
        List<object> events = [];
        double Micros(DateTimeOffset at) => (at - story.Bundle.From).TotalMicroseconds;
        for (int node = 0; node < nodes.Length; node++)
        {
            events.Add(new { name = "process_name", ph = "M", pid = node + 1, tid = 0, args = new { name = nodes[node] } });
            StoryLane[] lanes = [.. story.Lanes.Where(lane => lane.Node == nodes[node])];
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                events.Add(new { name = "thread_name", ph = "M", pid = node + 1, tid = lane + 1, args = new { name = lanes[lane].Instance } });
                events.AddRange(lanes[lane].Segments.Select(s => new
                {
                    name = s.State.ToString(),
                    ph = "X",
                    pid = node + 1,
                    tid = lane + 1,
                    ts = Micros(s.From),
                    dur = (s.To - s.From).TotalMicroseconds,
                    args = new { why = s.Why ?? "" },
                }));
            }

            events.Add(new { name = "thread_name", ph = "M", pid = node + 1, tid = 1000, args = new { name = "hooks, checks, links" } });
            events.AddRange(story.Marks.Where(mark => mark.Node == nodes[node]).Select(mark => (object)(mark.Length > TimeSpan.Zero
                ? new { name = mark.Text, ph = "X", pid = node + 1, tid = 1000, ts = Micros(mark.At), dur = mark.Length.TotalMicroseconds }
                : new { name = mark.Text, ph = "i", s = "t", pid = node + 1, tid = 1000, ts = Micros(mark.At) })));
        }

        return JsonSerializer.Serialize(new { displayTimeUnit = "ms", traceEvents = events, otherData = new { incident = story.Bundle.Incident.Id } }, ApiJson.Options);
    }
}
