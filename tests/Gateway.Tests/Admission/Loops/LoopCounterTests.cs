using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission.Loops;

namespace Tollgate.Gateway.Tests.Admission.Loops;

public sealed class LoopCounterTests
{
    private static readonly PromptHash One = new(1);

    private static readonly PromptHash Other = new(2);

    /// <summary>At the begin of a minute.</summary>
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 10, 30, 0, TimeSpan.Zero));
    private readonly LoopCounter counter;

    public LoopCounterTests() => counter = new LoopCounter(time);

    [Fact]
    public void Add_CountsEachPromptByItself()
    {
        Assert.Equal([1, 2, 1, 3], new[] { One, One, Other, One }.Select(counter.Add));
    }

    [Theory]
    [InlineData(60, 1 + 10)]
    [InlineData(90, 1 + 5)]
    [InlineData(119, 1)]
    [InlineData(120, 1)]
    [InlineData(3600, 1)]
    public void Add_OfTheMinuteBefore_CountsThePartThatIsNotAMinuteAgo(int secondsLater, int count)
    {
        for (var i = 0; i < 10; i++)
        {
            counter.Add(One);
        }
        time.Advance(TimeSpan.FromSeconds(secondsLater));
        Assert.Equal(count, counter.Add(One));
    }

    [Fact]
    public void Add_AtASteadyRate_StaysThere()
    {
        var counts = new List<int>();
        for (var call = 0; call < 300; call++)
        {
            counts.Add(counter.Add(One));
            time.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.All(counts.Skip(12), count => Assert.InRange(count, 11, 13));
    }

    [Fact]
    public async Task Add_ManyAtOnce_MissesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                counter.Add(One);
            }
        })));
        Assert.Equal(8_001, counter.Add(One));
    }
}
