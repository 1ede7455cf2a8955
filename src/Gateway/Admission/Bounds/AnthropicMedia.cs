using Tollgate.Intake;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// Claude: images by patches of 28 pixels, formerly said to be width × height / 750; what is larger than the model takes is scaled
/// down. A PDF's pages are images with their text beside them. Sources: https://platform.claude.com/docs/en/build-with-claude/vision
/// ("Resolution and token cost"), …/build-with-claude/pdf-support.
/// </summary>
internal sealed class AnthropicMedia : MediaCost
{
    private const int Patch = 28;
    private const int PixelsPerToken = 750;

    /// <summary>Published are 1,568 and 4,784. Bills of up to 1,600 for an image were seen where 1,568 was the limit: hence 2.5 % more.</summary>
    private const int Standard = 1_640;
    private const int HighResolution = 4_904;

    /// <summary>Of a request to a model with a window of a million tokens; others take 100.</summary>
    private const int Pages = 600;

    /// <summary>The models before 4.7.</summary>
    private static readonly string[] StandardModels =
        ["claude-3", "claude-opus-4-0", "claude-opus-4-1", "claude-opus-4-2", "claude-opus-4-5", "claude-opus-4-6", "claude-sonnet-4", "claude-haiku-3", "claude-haiku-4"];

    private readonly int most;

    private AnthropicMedia(int most) => this.most = most;

    protected override long Page => most;

    protected override int MostPages => Pages;

    /// <summary>Claude takes no sound: the call is refused before it costs anything.</summary>
    protected override int SecondOfSound => 0;

    public static AnthropicMedia Of(string model) =>
        new(Array.Exists(StandardModels, name => model.StartsWith(name, StringComparison.Ordinal)) ? Standard : HighResolution);

    public override long OfImage(in MediaPart image)
    {
        if (!image.HasSize)
        {
            return most;
        }
        var patches = (((long)image.Width + Patch - 1) / Patch) * (((long)image.Height + Patch - 1) / Patch);
        var area = (((long)image.Width * image.Height) + PixelsPerToken - 1) / PixelsPerToken;
        return Math.Min(most, Math.Max(patches, area));
    }
}
