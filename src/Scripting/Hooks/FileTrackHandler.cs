using Keepalived.Es.Domain.Tracking;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Opens the file of a <see cref="FileTrackRun"/>. Asked of the kernel as the daemon's user, without a shell.</summary>
public sealed class FileTrackHandler(TimeProvider time) : IRequestHandler<FileTrackRun, TrackResult>
{
    public Task<TrackResult> Handle(FileTrackRun request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        long started = time.GetTimestamp();
        string path = request.Script.Command[0];
        FileAccess access = path[0] == '<' ? FileAccess.Read : FileAccess.Write;
        string? problem = null;
        try
        {
            using var opened = new FileStream(path[1..].Trim(), FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = e.Message;
        }

        TrackResultKind kind = problem is null ? TrackResultKind.Succeeded : TrackResultKind.Failed;
        return Task.FromResult(new TrackResult(kind, problem is null ? 0 : 1, null, time.GetElapsedTime(started), problem));
    }
}
