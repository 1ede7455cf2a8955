using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class OutputMeterTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Tokenish_Bytes_AreFourToATokenRoundedUp(long bytes, long tokens) => Assert.Equal(tokens, OutputMeter.Tokenish(bytes));

    [Theory]
    [InlineData(new[] { 1, 1, 1 }, 3)]
    [InlineData(new[] { 1, 0, 0, 1 }, 2)]
    [InlineData(new[] { 400, 1 }, 101)]
    [InlineData(new int[0], 0)]
    public void Tokens_IsTheLargerOfEventsAndBytes(int[] events, long tokens)
    {
        var meter = new OutputMeter();
        foreach (var bytes in events)
        {
            meter.Add(bytes);
        }
        Assert.Equal(tokens, meter.Tokens);
    }
}
