using Tollgate.Intake;

namespace Tollgate.Admission.Bounds;

/// <summary>What a provider's models bill for images, pages and sound: each by the provider's published formula.</summary>
internal abstract class MediaCost
{
    /// <summary>Nothing but the context window bounds it.</summary>
    public const long Unbounded = long.MaxValue / 4;

    /// <summary>
    /// Bytes, before base64, that a page has at the least: its object and its line in the table of a PDF's objects. Smaller ones
    /// can be packed on purpose; what they cost beyond the bound is booked as overrun. Source: ISO 32000-1 sections 7.5.4, 7.7.3.3.
    /// </summary>
    private const int LeastPageBytes = 64;

    /// <summary>The most an image costs that has this size, or any size where it is not known.</summary>
    public abstract long OfImage(in MediaPart image);

    /// <summary>The most that a page of a PDF costs as an image.</summary>
    protected abstract long Page { get; }

    /// <summary>Pages that a request may have.</summary>
    protected abstract int MostPages { get; }

    /// <summary>Tokens of a second of sound.</summary>
    protected abstract int SecondOfSound { get; }

    public long Of(in MediaPart part) => part switch
    {
        { Kind: MediaKind.Image } => OfImage(part),
        { Kind: MediaKind.Audio } => OfSound(part),
        { IsVideo: true } or { Bytes: null } => Unbounded,
        _ => OfFile(part.Bytes.Value),
    };

    /// <summary>Every page as an image, and a token for every byte of text, as for text elsewhere.</summary>
    private long OfFile(long bytes) => bytes + (Page * Math.Min(MostPages, 1 + (bytes * 3 / 4 / LeastPageBytes)));

    /// <summary>By its length where its header tells it, else a token for every byte: codecs have more than <see cref="SecondOfSound"/> bytes a second.</summary>
    private long OfSound(in MediaPart sound) => sound switch
    {
        { Bytes: null } => Unbounded,
        { BytesPerSecond: > 0 } => SecondOfSound * (1 + (sound.Bytes.Value * 3 / 4 / sound.BytesPerSecond)),
        _ => sound.Bytes.Value,
    };
}
