namespace Tollgate.Streaming;

/// <summary>
/// Counts what an upstream generated, for the case that it never says so itself. Providers send about a token per event,
/// and a token has about four bytes: the larger of the two counts is taken.
/// </summary>
internal struct OutputMeter
{
    private const int BytesPerToken = 4;

    private long events;
    private long bytes;

    public readonly long Tokens => Math.Max(events, Tokenish(bytes));

    public void Add(int outputBytes)
    {
        events += outputBytes > 0 ? 1 : 0;
        bytes += outputBytes;
    }

    /// <summary>Tokens of a text of so many bytes, about.</summary>
    public static long Tokenish(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
