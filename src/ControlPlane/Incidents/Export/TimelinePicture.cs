namespace Keepalived.Es.ControlPlane.Incidents.Export;

/// <summary>An incident as an SVG: a lane for each instance, coloured and lettered by its state, marks beneath, the incident's own time shaded. Pure.</summary>
public static class TimelinePicture
{
    public static string Draw(IncidentStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        IncidentBundle bundle = story.Bundle;
        string[] nodes = [.. story.Lanes.Select(lane => lane.Node).Concat(story.Marks.Select(mark => mark.Node)).Distinct(StringComparer.Ordinal)];
        LaneCanvas canvas = new(
            $"{bundle.Incident.Kind} of {bundle.Incident.Subject}: {bundle.Incident.Facts.Cause}", bundle.From, bundle.To, story.Lanes.Count, nodes.Length);
        canvas.Shade(bundle.Incident.Facts.Start, bundle.Incident.Facts.End ?? bundle.To, "the incident");
        canvas.Axis();
        foreach (string node in nodes)
        {
            foreach (StoryLane lane in story.Lanes.Where(lane => lane.Node == node))
            {
                canvas.Lane(lane);
            }

            canvas.Marks(story.Marks.Where(mark => mark.Node == node));
        }

        return canvas.End();
    }
}
