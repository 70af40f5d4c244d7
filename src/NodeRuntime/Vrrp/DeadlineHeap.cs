using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>The earliest deadline of many instances: a binary heap in which each instance has one place. Allocates nothing after construction.</summary>
internal sealed class DeadlineHeap
{
    private readonly int[] _heap;              // instances, the earliest first
    private readonly int[] _place;             // where each instance stands in the heap
    private readonly TimeSpan[] _deadline;

    /// <param name="count">Instances, numbered from 0.</param>
    internal DeadlineHeap(int count)
    {
        _heap = [.. Enumerable.Range(0, count)];
        _place = [.. _heap];
        _deadline = new TimeSpan[count];
        Array.Fill(_deadline, VrrpState.Never);
    }

    /// <summary>The earliest deadline; <see cref="VrrpState.Never"/> without any.</summary>
    internal TimeSpan Next => _heap.Length == 0 ? VrrpState.Never : _deadline[_heap[0]];

    /// <summary>The instance that it belongs to.</summary>
    internal int First => _heap[0];

    internal void Set(int instance, TimeSpan deadline)
    {
        TimeSpan before = _deadline[instance];
        _deadline[instance] = deadline;
        if (deadline < before)
        {
            Rise(_place[instance]);
        }
        else if (deadline > before)
        {
            Sink(_place[instance]);
        }
    }

    private void Rise(int at)
    {
        int instance = _heap[at];
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (_deadline[_heap[parent]] <= _deadline[instance])
            {
                break;
            }

            Put(_heap[parent], at);
            at = parent;
        }

        Put(instance, at);
    }

    private void Sink(int at)
    {
        int instance = _heap[at];
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _heap.Length)
            {
                break;
            }

            if (child + 1 < _heap.Length && _deadline[_heap[child + 1]] < _deadline[_heap[child]])
            {
                child++;
            }

            if (_deadline[_heap[child]] >= _deadline[instance])
            {
                break;
            }

            Put(_heap[child], at);
            at = child;
        }

        Put(instance, at);
    }

    private void Put(int instance, int at)
    {
        _heap[at] = instance;
        _place[instance] = at;
    }
}
