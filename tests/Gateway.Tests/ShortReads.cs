namespace Tollgate.Gateway.Tests;

/// <summary>A stream that gives at most so many bytes a read, so that every border falls somewhere.</summary>
internal sealed class ShortReads(byte[] bytes, int size) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
}
