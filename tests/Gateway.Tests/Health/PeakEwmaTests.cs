using Microsoft.Extensions.Time.Testing;
using Tollgate.Health;

namespace Tollgate.Gateway.Tests.Health;

public sealed class PeakEwmaTests
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly PeakEwma average;

    public PeakEwmaTests() => average = new PeakEwma(time);

    private double Now => average.Read(time.GetUtcNow().UtcTicks);

    [Fact]
    public void Read_Nothing_IsZero() => Assert.Equal((0, TimeSpan.Zero), (Now, average.Last));

    [Fact]
    public void Add_ASlowerOne_CountsAtOnce_AQuickerOneByAndBy()
    {
        average.Add(TimeSpan.FromMilliseconds(100));
        average.Add(TimeSpan.FromMilliseconds(900));
        Assert.Equal(900, Now, 0.1);
        time.Advance(TimeSpan.FromSeconds(10));
        average.Add(TimeSpan.FromMilliseconds(100));
        Assert.Equal(100 + (800 / Math.E), Now, 0.1);
    }

    [Fact]
    public void Read_LongAgo_IsForgotten()
    {
        average.Add(TimeSpan.FromMilliseconds(1000));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1000 / Math.E, Now, 0.1);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(Now < 1);
    }
}
