using Tollgate.Intake;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// OpenAI: images by tiles of 512 pixels or by patches of 32, whichever the model does. A PDF's pages are images with their text
/// beside them; sound is 10 tokens a second. Sources: https://developers.openai.com/api/docs/guides/images-vision ("Calculating
/// costs"), …/guides/pdf-files, …/guides/realtime-costs. Services that speak the same wire have formulas of their own.
/// </summary>
internal sealed class OpenAiMedia : MediaCost
{
    private const int Patch = 32;

    /// <summary>Most patches of an image that is looked at closely, and of one that is looked at as it is. More is scaled down or refused.</summary>
    private readonly (int High, int Original) mostPatches;

    /// <summary>Hundredths of a token per patch; 0 for a model that works with tiles.</summary>
    private readonly int perPatch;

    private readonly int perImage;
    private readonly int perTile;

    private OpenAiMedia(int perPatch, int high, int original) => (this.perPatch, mostPatches) = (perPatch, (high, original));

    private OpenAiMedia(int perImage, int perTile) => (this.perImage, this.perTile) = (perImage, perTile);

    /// <summary>The formulas by the start of the model's name. What is not listed here may cost as much as the dearest.</summary>
    private static readonly (string Model, OpenAiMedia Cost)[] Table =
    [
        ("gpt-4o", new(85, 170)),
        ("chatgpt-4o", new(85, 170)),
        ("gpt-4o-mini", new(2_833, 5_667)),
        ("gpt-4.1", new(85, 170)),
        ("gpt-4.1-mini", new(162, 6_144, 6_144)),
        ("gpt-4.1-nano", new(246, 6_144, 6_144)),
        ("gpt-4.5", new(85, 170)),
        ("gpt-4-turbo", new(85, 170)),
        ("gpt-5", new(70, 140)),
        ("gpt-5.1", new(70, 140)),
        ("gpt-5-mini", new(162, 6_144, 6_144)),
        ("gpt-5-nano", new(246, 6_144, 6_144)),
        ("gpt-5-codex-mini", new(246, 6_144, 6_144)),
        ("gpt-5.1-codex-mini", new(246, 6_144, 6_144)),
        ("gpt-5.2", new(120, 6_144, 6_144)),
        ("gpt-5.4", new(120, 2_500, 10_000)),
        ("gpt-5.4-mini", new(162, 6_144, 10_000)),
        ("gpt-5.4-nano", new(246, 6_144, 10_000)),
        ("gpt-5.5", new(120, 2_500, 10_000)),
        ("gpt-5.6", new(120, 2_500, 30_000)),
        ("gpt-6", new(120, 2_500, 30_000)),
        ("gpt-6.1", new(120, 2_500, 30_000)),
        ("gpt-6.2", new(120, 2_500, 30_000)),
        ("o1", new(75, 150)),
        ("o3", new(75, 150)),
        ("o4-mini", new(172, 6_144, 6_144)),
    ];

    /// <summary>Dearer than every entry of the table: 30,000 patches at the highest rate.</summary>
    public static OpenAiMedia Dearest { get; } = new(246, 30_000, 30_000);

    /// <summary>
    /// Models of others: Qwen's is the largest published limit of tokens an image may be, the rest stay below 2,000.
    /// Source: https://www.alibabacloud.com/help/en/model-studio/vision.
    /// </summary>
    public static OpenAiMedia OfOthers { get; } = new(perImage: 16_384, perTile: 0);

    protected override long Page => OfImage(new MediaPart(MediaKind.Image));

    protected override int MostPages => 1_000;

    /// <summary>OpenAI's own take 10; among those who speak its wire, Gemini's take most.</summary>
    protected override int SecondOfSound => 32;

    /// <summary>The formula of a model; null where none is published under that name.</summary>
    public static OpenAiMedia? Find(string model) => ModelNames.TryFind(Table, model, out var cost) ? cost : null;

    public override long OfImage(in MediaPart image) => perPatch == 0 ? ByTiles(image) : ByPatches(image);

    private long ByPatches(in MediaPart image)
    {
        // At low detail it is fitted into 512 by 512 pixels, a small one perhaps enlarged.
        var most = image.Detail switch
        {
            ImageDetail.Low => 512 / Patch * (512 / Patch),
            ImageDetail.High => mostPatches.High,
            _ => mostPatches.Original,
        };
        var patches = image.HasSize && image.Detail != ImageDetail.Low
            ? Math.Min(most, Squares(image.Width, Patch) * Squares(image.Height, Patch))
            : most;
        return ((patches * perPatch) + 99) / 100;
    }

    /// <summary>Scaled down to 2,048 pixels at the longer side, then to 768 at the shorter.</summary>
    private long ByTiles(in MediaPart image)
    {
        if (image.Detail == ImageDetail.Low)
        {
            return perImage;
        }
        long longer = 2_048, shorter = 768;
        if (image.HasSize)
        {
            (longer, shorter) = (Math.Max(image.Width, image.Height), Math.Min(image.Width, image.Height));
            if (longer > 2_048)
            {
                (longer, shorter) = (2_048, Squares(shorter * 2_048, (int)longer));
            }
            if (shorter > 768)
            {
                (longer, shorter) = (Squares(longer * 768, (int)shorter), 768);
            }
        }
        return perImage + (perTile * Squares(longer, 512) * Squares(shorter, 512));
    }

    private static long Squares(long length, int side) => (length + side - 1) / side;
}
