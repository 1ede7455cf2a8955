namespace Tollgate.Intake;

internal enum MediaKind
{
    Image,
    Audio,
    File,
}

/// <summary>An image, sound or file of the prompt, with as much of it as can be told without decoding it.</summary>
internal readonly record struct MediaPart(MediaKind Kind)
{
    /// <summary>Bytes of its data as it stands in the body, in base64; null where it is named by a URL or an id.</summary>
    public long? Bytes { get; init; }

    /// <summary>Pixels; 0 where the size is not known.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>What the caller asked for; <see cref="ImageDetail.Original"/> where it asked for nothing, since that costs most.</summary>
    public ImageDetail Detail { get; init; }

    /// <summary>Bytes, before base64, that a second of sound has at the least; 0 where its header does not say so.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>Neither image, PDF nor text: it may be a video, whose bytes say nothing about its cost.</summary>
    public bool IsVideo { get; init; }

    public bool HasSize => Width > 0 && Height > 0;
}

/// <summary>How closely OpenAI's models look at an image.</summary>
internal enum ImageDetail
{
    Original,
    High,
    Low,
}
