using Microsoft.Extensions.Time.Testing;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A clock that a test moves, and which tells when somebody begins to wait by it.</summary>
internal sealed class ManualTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 5, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Lock gate = new();
    private readonly Dictionary<TimeSpan, int> seen = [];
    private readonly List<(TimeSpan Due, int Count, TaskCompletionSource Reached)> waiters = [];

    /// <summary>Waits until so many timers of a length have been started.</summary>
    public Task WaitForTimerAsync(TimeSpan due, int count = 1)
    {
        lock (gate)
        {
            if (seen.GetValueOrDefault(due) >= count)
            {
                return Task.CompletedTask;
            }
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((due, count, reached));
            return reached.Task.WaitAsync(FaultFixture.Patience);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (gate)
        {
            var count = seen[dueTime] = seen.GetValueOrDefault(dueTime) + 1;
            foreach (var (_, _, reached) in waiters.Where(waiter => waiter.Due == dueTime && waiter.Count <= count))
            {
                reached.TrySetResult();
            }
        }
        return timer;
    }
}
