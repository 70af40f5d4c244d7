namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>The store refused an append; nothing was written.</summary>
public abstract class EventStoreException(string message, Exception inner) : Exception(message, inner);

/// <summary>A stream that was to be started exists already.</summary>
public sealed class ExistingStreamIdCollisionException(string message, Exception inner) : EventStoreException(message, inner);

/// <summary>The stream is not at the expected version: somebody else appended.</summary>
public sealed class EventStreamUnexpectedMaxEventIdException(string message, long actualVersion, Exception inner)
    : EventStoreException(message, inner)
{
    /// <summary>The version that the stream has.</summary>
    public long ActualVersion { get; } = actualVersion;
}

/// <summary>The stream is archived.</summary>
public sealed class InvalidStreamOperationException(string message, Exception inner) : EventStoreException(message, inner);
