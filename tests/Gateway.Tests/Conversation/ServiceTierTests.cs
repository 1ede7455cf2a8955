using System.Text;
using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Intake;
using Tollgate.Providers.Anthropic.Replies;
using Tollgate.Providers.Gemini.Replies;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Conversation;

/// <summary>The tier a caller asks for, and the one an answer says it was served with, on every wire.</summary>
public sealed class ServiceTierTests
{
    [Theory]
    [InlineData("\"priority\"", nameof(ServiceTier.Priority))]
    [InlineData("\"fast\"", nameof(ServiceTier.Priority))]
    [InlineData("\"prior\\u0069ty\"", nameof(ServiceTier.Priority))]
    [InlineData("\"flex\"", nameof(ServiceTier.Flex))]
    [InlineData("\"default\"", nameof(ServiceTier.Standard))]
    [InlineData("\"standard_only\"", nameof(ServiceTier.Standard))]
    [InlineData("\"ultrafast\"", nameof(ServiceTier.Ultrafast))]
    [InlineData("\"tomorrow's\"", nameof(ServiceTier.Ultrafast))]
    [InlineData("\"auto\"", null)]
    [InlineData("null", null)]
    [InlineData("7", null)]
    [InlineData("{\"a\":[1]}", null)]
    public void Scan_Asked_IsTheDearestItMayMean(string value, string? expected) =>
        Assert.Equal(expected, Scan($$"""{"service_tier":{{value}},"messages":[{"role":"user","content":"hi"}]}""").Tier?.ToString());

    [Fact]
    public void Scan_Tier_CountsAsTextLikeAnythingThatIsPassedOn()
    {
        const string Rest = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        Assert.Equal(Scan("{\"service_tear\":\"flex\"," + Rest).TextBytes, Scan("{\"service_tier\":\"flex\"," + Rest).TextBytes);
        Assert.Null(Scan("{" + Rest).Tier);
    }

    [Theory]
    [InlineData("\"priority\"", nameof(ServiceTier.Priority))]
    [InlineData("\"fast\"", nameof(ServiceTier.Priority))]
    [InlineData("\"flex\"", nameof(ServiceTier.Flex))]
    [InlineData("\"default\"", nameof(ServiceTier.Standard))]
    [InlineData("\"scale\"", nameof(ServiceTier.Standard))]
    [InlineData("null", nameof(ServiceTier.Standard))]
    [InlineData("{}", nameof(ServiceTier.Standard))]
    public void OpenAi_WholeAnswer_IsReadBeforeAndBehindItsUsage(string value, string expected)
    {
        const string Usage = "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}";
        foreach (var body in new[] { $$"""{"choices":[],"service_tier":{{value}},{{Usage}}}""", $$"""{"choices":[],{{Usage}},"service_tier":{{value}}}""", $$"""{"choices":[],"service_tier":{{value}}}""" })
        {
            var scan = OpenAiReplyScan.Read(Encoding.UTF8.GetBytes(body));
            Assert.Equal(expected, scan.Tier.ToString());
            Assert.Equal(scan.Usage is null ? null : expected, scan.Usage?.Tier.ToString());
        }
    }

    [Fact]
    public void OpenAi_Chunk_TellsItsTier()
    {
        Assert.Equal(ServiceTier.Priority, OpenAiChunk.Read("""{"service_tier":"priority","choices":[]}"""u8).Tier);
        Assert.Null(OpenAiChunk.Read("""{"service_tier":null,"choices":[]}"""u8).Tier);
        Assert.Null(OpenAiChunk.Read("""{"choices":[]}"""u8).Tier);
    }

    [Fact]
    public void Anthropic_Usage_KeepsTheTierOfItsFirstEvent()
    {
        var tally = new UsageTally();
        Assert.Equal(ServiceTier.Priority, tally.Set(new UsageBody { InputTokens = 1, ServiceTier = "priority" }).Tier);
        Assert.Equal(ServiceTier.Priority, tally.Set(new UsageBody { OutputTokens = 2 }).Tier);
        Assert.Equal(ServiceTier.Batch, tally.Set(new UsageBody { ServiceTier = "batch" }).Tier);
    }

    [Fact]
    public void Gemini_Usage_TellsSoundAndImagesApart()
    {
        var usage = JsonSerializer.Deserialize("""
            {"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":30,"candidatesTokenCount":50,
             "promptTokensDetails":[{"modality":"AUDIO","tokenCount":40},{"modality":"IMAGE","tokenCount":20},{"modality":"TEXT","tokenCount":40}],
             "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":10},{"modality":"TEXT","tokenCount":20}],
             "candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":45},{"modality":"AUDIO","tokenCount":5}]}}
            """, GeminiJson.Default.GenerateContentResponse)!.UsageMetadata!.ToUsage()!.Value;
        Assert.Equal((40, 10, 20, 5, 45), (usage.PromptAudio, usage.CacheReadAudio, usage.PromptImage, usage.CompletionAudio, usage.CompletionImage));
    }

    [Fact]
    public void OpenAi_Usage_TellsImagesOfPromptAndAnswerApart()
    {
        var scan = OpenAiReplyScan.Read("""{"choices":[],"usage":{"prompt_tokens":9,"prompt_tokens_details":{"image_tokens":4},"completion_tokens":8,"completion_tokens_details":{"image_tokens":3}}}"""u8);
        Assert.Equal((4, 3), (scan.Usage?.PromptImage, scan.Usage?.CompletionImage));
    }

    [Fact]
    public void Words_OfEveryPricedTier_AreReadAsTheyAreWritten() => Assert.All(ServiceTiers.Priced, word => Assert.Equal(word, ServiceTiers.Parse(word).Word()));

    private static CallScan Scan(string body) => RequestScanner.Scan(Encoding.UTF8.GetBytes(body));
}
