using System.Net;
using System.Net.Http.Headers;

namespace Tollgate.Providers.OpenAi;

/// <summary>A JSON body with a few places replaced: what is between them is sent from where it lies.</summary>
internal sealed class SplicedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> body;
    private readonly List<(int Start, int End, ReadOnlyMemory<byte> With)> splices = new(4);

    public SplicedContent(ReadOnlyMemory<byte> body)
    {
        this.body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public void Insert(int at, ReadOnlyMemory<byte> bytes) => Add(at, at, bytes);

    public void Replace(Range range, ReadOnlyMemory<byte> bytes) => Add(range.Start.Value, range.End.Value, bytes);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        foreach (var (start, end, with) in splices)
        {
            length += with.Length - (end - start);
        }
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var at = 0;
        foreach (var (start, end, with) in splices)
        {
            await stream.WriteAsync(body[at..start], cancellationToken);
            await stream.WriteAsync(with, cancellationToken);
            at = end;
        }
        await stream.WriteAsync(body[at..], cancellationToken);
    }

    /// <summary>Keeps the list in the body's order; what is inserted at one place keeps the order it came in.</summary>
    private void Add(int start, int end, ReadOnlyMemory<byte> with)
    {
        var i = splices.Count;
        while (i > 0 && splices[i - 1].Start > start)
        {
            i--;
        }
        splices.Insert(i, (start, end, with));
    }
}
