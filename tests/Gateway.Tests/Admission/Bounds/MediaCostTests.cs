using Tollgate.Admission.Bounds;
using Tollgate.Intake;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

/// <summary>The formulas against the examples that the providers publish with them.</summary>
public sealed class MediaCostTests
{
    [Theory]
    [InlineData("gpt-4o", 1024, 1024, "High", 765)]
    [InlineData("gpt-4o-2024-11-20", 2048, 4096, "High", 1105)]
    [InlineData("gpt-4o", 4096, 8192, "Low", 85)]
    [InlineData("gpt-4o", 0, 0, "Original", 85 + (8 * 170))]
    [InlineData("gpt-4o", 128, 64, "High", 255)]
    [InlineData("gpt-4o-mini", 128, 64, "High", 8500)]
    [InlineData("gpt-4o-mini", 0, 0, "Original", 48_169)]
    [InlineData("gpt-5", 1024, 1024, "High", 70 + (4 * 140))]
    [InlineData("o3", 1024, 1024, "Low", 75)]
    [InlineData("gpt-4.1-mini", 1024, 1024, "High", 1659)]
    [InlineData("gpt-5-nano", 1024, 1024, "High", 2520)]
    [InlineData("o4-mini", 1024, 1024, "High", 1762)]
    [InlineData("gpt-6-astra", 256, 256, "Original", 77)]
    [InlineData("gpt-6-astra", 1024, 1024, "High", 1229)]
    [InlineData("gpt-6-astra", 1920, 1080, "Original", 2448)]
    [InlineData("gpt-6.1-sol", 4032, 3024, "Original", 14_364)]
    [InlineData("gpt-6.1-sol", 4032, 3024, "High", 3000)]
    [InlineData("gpt-5.5", 4032, 3024, "Original", 12_000)]
    [InlineData("gpt-5.6-luna", 0, 0, "Original", 36_000)]
    [InlineData("gpt-5.6-luna", 0, 0, "Low", 308)]
    public void OpenAi_Image(string model, int width, int height, string detail, long tokens) =>
        Assert.Equal(tokens, OpenAiMedia.Find(model)!.OfImage(Image(width, height) with { Detail = Enum.Parse<ImageDetail>(detail) }));

    [Theory]
    [InlineData("gpt-9")]
    [InlineData("gpt-4.9")]
    [InlineData("gpt-4oo")]
    [InlineData("llama-4")]
    [InlineData("")]
    public void OpenAi_UnknownModel_HasNoFormula(string model) => Assert.Null(OpenAiMedia.Find(model));

    [Theory]
    [InlineData("ft:gpt-4o-mini:acme::1", 48_169)]
    [InlineData("openai/gpt-4o-mini", 48_169)]
    [InlineData("gpt-5.1-codex-mini", 15_115)]
    public void OpenAi_NamesAroundAModel_AreSeenThrough(string model, long tokens) => Assert.Equal(tokens, OpenAiMedia.Find(model)!.OfImage(Image(0, 0)));

    [Fact]
    public void OpenAi_Dearest_CostsAsMuchAsAnyModel() => Assert.All(
        new[] { "gpt-4o", "gpt-4o-mini", "gpt-4.1-nano", "gpt-5.4-nano", "gpt-6", "o4-mini" },
        model => Assert.True(OpenAiMedia.Find(model)!.OfImage(Image(0, 0)) <= OpenAiMedia.Dearest.OfImage(Image(0, 0))));

    [Theory]
    [InlineData("claude-haiku-4-5", 200, 200, 64)]
    [InlineData("claude-haiku-4-5", 1000, 1000, 1334)]
    [InlineData("claude-haiku-4-5", 3840, 2160, 1640)]
    [InlineData("claude-haiku-4-5", 0, 0, 1640)]
    [InlineData("claude-opus-5-5", 1920, 1080, 2765)]
    [InlineData("claude-opus-5-5", 8000, 8000, 4904)]
    [InlineData("claude-opus-4-7", 0, 0, 4904)]
    [InlineData("claude-of-tomorrow", 0, 0, 4904)]
    public void Anthropic_Image(string model, int width, int height, long tokens) => Assert.Equal(tokens, AnthropicMedia.Of(model).OfImage(Image(width, height)));

    [Theory]
    [InlineData("gemini-2.5-flash", 384, 384, 258)]
    [InlineData("gemini-2.5-flash", 960, 540, 6 * 258)]
    [InlineData("gemini-2.5-pro", 20_000, 20_000, 40 * 258)]
    [InlineData("gemini-2.5-pro", 0, 0, 40 * 258)]
    [InlineData("gemini-3-pro-preview", 20_000, 20_000, 1120)]
    [InlineData("gemini-3.8-flash", 0, 0, 1120)]
    public void Gemini_Image(string model, int width, int height, long tokens) => Assert.Equal(tokens, GeminiMedia.Of(model).OfImage(Image(width, height)));

    [Fact]
    public void Of_File_IsItsPagesAndItsBytesOrUnbounded()
    {
        var gemini = GeminiMedia.Of("gemini-3-pro-preview");
        Assert.Equal(800 + (560 * (1 + (600 / 64))), gemini.Of(new MediaPart(MediaKind.File) { Bytes = 800 }));
        Assert.Equal(8_000_000 + (560 * 1000), gemini.Of(new MediaPart(MediaKind.File) { Bytes = 8_000_000 }));
        Assert.Equal(MediaCost.Unbounded, gemini.Of(new MediaPart(MediaKind.File)));
        Assert.Equal(MediaCost.Unbounded, gemini.Of(new MediaPart(MediaKind.File) { Bytes = 10, IsVideo = true }));
    }

    [Fact]
    public void Of_Sound_IsItsLengthOrItsBytes()
    {
        var gemini = GeminiMedia.Of("gemini-2.5-flash");
        var minute = new MediaPart(MediaKind.Audio) { Bytes = 60 * 32_000 / 3 * 4, BytesPerSecond = 32_000 };
        Assert.InRange(gemini.Of(minute), 1920, 1920 + 32);
        Assert.Equal(minute.Bytes, gemini.Of(minute with { BytesPerSecond = 0 }));
        Assert.Equal(MediaCost.Unbounded, gemini.Of(new MediaPart(MediaKind.Audio)));
    }

    private static MediaPart Image(int width, int height) => new(MediaKind.Image) { Width = width, Height = height };
}
