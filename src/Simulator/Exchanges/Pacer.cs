namespace Tollgate.Simulator.Exchanges;

/// <summary>Delays on a fixed schedule from the request on, so that a late stream catches up instead of drifting.</summary>
internal sealed class Pacer(TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    /// <summary>Waits until the given number of milliseconds after the start.</summary>
    public Task UntilAsync(long milliseconds, CancellationToken ct)
    {
        if (milliseconds <= 0)
            return Task.CompletedTask;
        var left = TimeSpan.FromMilliseconds(milliseconds) - time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? Task.Delay(left, time, ct) : Task.CompletedTask;
    }
}
