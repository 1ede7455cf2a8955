using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class PooledBufferTests
{
    [Fact]
    public void Write_BeyondItsCapacity_KeepsWhatWasWritten()
    {
        using var buffer = new PooledBuffer(1);
        for (var i = 0; i < 10_000; i++)
        {
            buffer.GetSpan()[0] = (byte)i;
            buffer.Advance(1);
        }
        Assert.Equal(10_000, buffer.Length);
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.Equal((byte)i, buffer.Span[i]));
        Assert.True(buffer.Memory.Span.SequenceEqual(buffer.Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void GetSpan_SizeHint_IsHonoured(int hint)
    {
        using var buffer = new PooledBuffer();
        Assert.True(buffer.GetSpan(hint).Length >= Math.Max(hint, 1));
        Assert.True(buffer.GetMemory(hint).Length >= Math.Max(hint, 1));
    }

    [Fact]
    public void Clear_StartsAnew()
    {
        using var buffer = new PooledBuffer();
        buffer.Advance(10);
        buffer.Clear();
        Assert.Equal((0, 0), (buffer.Length, buffer.Span.Length));
    }

    [Fact]
    public void Dispose_Twice_LeavesNothing()
    {
        var buffer = new PooledBuffer();
        buffer.Advance(10);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal((0, 0), (buffer.Length, buffer.Memory.Length));
    }
}
