using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>The handlers that MediatR finds: those registered here, one by one, and no others.</summary>
public sealed class HandlerRegister
{
    private readonly Dictionary<Type, object> _byService = [];

    /// <summary>A mediator over what is registered, now or later.</summary>
    public IMediator Mediator => new Mediator(Find);

    /// <summary>The one handler of a request.</summary>
    public HandlerRegister Request<TRequest, TAnswer>(IRequestHandler<TRequest, TAnswer> handler)
        where TRequest : IRequest<TAnswer>
    {
        _byService.Add(typeof(IRequestHandler<TRequest, TAnswer>), handler);
        return this;
    }

    /// <summary>One more handler of a notification; they run in the order of their registration.</summary>
    public HandlerRegister Notification<TNotification>(INotificationHandler<TNotification> handler)
        where TNotification : INotification => Add(handler);

    /// <summary>One more behaviour around a request; the first is the outermost.</summary>
    public HandlerRegister Behavior<TRequest, TAnswer>(IPipelineBehavior<TRequest, TAnswer> behavior)
        where TRequest : notnull => Add(behavior);

    private HandlerRegister Add<T>(T handler)
        where T : class
    {
        var known = (T[])_byService.GetValueOrDefault(typeof(IEnumerable<T>), Array.Empty<T>());
        _byService[typeof(IEnumerable<T>)] = (T[])[.. known, handler];
        return this;
    }

    private object Find(Type service)
    {
        if (_byService.TryGetValue(service, out object? found))
        {
            return found;
        }

        return service.IsGenericType && service.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            ? Array.CreateInstance(service.GetGenericArguments()[0], 0)
            : throw new InvalidOperationException($"no handler is registered for {service}");
    }
}
