using Microsoft.Extensions.Time.Testing;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

/// <summary>A clock that stands until a test moves it, with timers that run: what waits for an answer polls on, and nobody grows older by it.</summary>
internal sealed class StandingClock(FakeTimeProvider hand) : TimeProvider
{
    public override long TimestampFrequency => hand.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => hand.GetUtcNow();

    public override long GetTimestamp() => hand.GetTimestamp();
}
