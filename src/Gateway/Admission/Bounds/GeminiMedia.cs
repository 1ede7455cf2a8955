using Tollgate.Intake;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// Gemini 3 and later: an image costs what its media resolution says, at most 1,120 tokens where none is asked for, a PDF's page 560;
/// the gateway asks for none. Before: 258 tokens a tile of an image, and 258 a page. Sound is 32 tokens a second.
/// Sources: https://ai.google.dev/gemini-api/docs/media-resolution, …/image-understanding, …/document-processing, …/audio.
/// </summary>
internal sealed class GeminiMedia : MediaCost
{
    private const int PerTile = 258;

    /// <summary>An image that is not larger than this at either side is one tile.</summary>
    private const int SmallSide = 384;

    /// <summary>A larger one is cut into tiles of a side of its shorter side / 1.5, kept between 256 and 768 pixels.</summary>
    private const int LeastTile = 256;
    private const int LargestTile = 768;

    /// <summary>Published is a panning view of about 2,048 tokens and an overview: the formula for tiles gives more than that for large images.</summary>
    private const int MostTiles = 40;

    private const int PerImage = 1_120;
    private const int PerPage = 560;

    private readonly bool byTiles;

    private GeminiMedia(bool byTiles) => this.byTiles = byTiles;

    protected override long Page => byTiles ? PerTile : PerPage;

    protected override int MostPages => 1_000;

    protected override int SecondOfSound => 32;

    public static GeminiMedia Of(string model) => new(
        byTiles: model.StartsWith("gemini-1", StringComparison.Ordinal) || model.StartsWith("gemini-2", StringComparison.Ordinal));

    public override long OfImage(in MediaPart image)
    {
        if (!byTiles)
        {
            return PerImage;
        }
        if (!image.HasSize)
        {
            return PerTile * MostTiles;
        }
        if (Math.Max(image.Width, image.Height) <= SmallSide)
        {
            return PerTile;
        }
        var side = Math.Clamp((int)(Math.Min(image.Width, image.Height) / 1.5), LeastTile, LargestTile);
        return PerTile * Math.Min(MostTiles, ((image.Width + (long)side - 1) / side) * ((image.Height + (long)side - 1) / side));
    }
}
