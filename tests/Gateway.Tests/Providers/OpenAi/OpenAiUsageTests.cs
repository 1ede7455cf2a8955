using System.Text;
using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiUsageTests
{
    [Fact]
    public void Read_EveryDetail_HasItsPlace() => Assert.Equal(
        new TokenUsage { Prompt = 100, Completion = 50, CacheRead = 40, CacheWrite5m = 10, Reasoning = 20, PromptAudio = 3, CompletionAudio = 4 },
        Read("""
            {"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
             "prompt_tokens_details":{"cached_tokens":40,"cache_creation_tokens":10,"audio_tokens":3},
             "completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":4,"accepted_prediction_tokens":1,"rejected_prediction_tokens":2}}
            """));

    [Fact]
    public void Read_CacheWritesUnderOpenAisOwnName_Count() => Assert.Equal(
        new TokenUsage { Prompt = 10, Completion = 2, CacheWrite5m = 7 },
        Read("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cache_write_tokens":7}}"""));

    [Fact]
    public void Read_DetailsFirst_AreToldApartAllTheSame() => Assert.Equal(
        new TokenUsage { Prompt = 9, Completion = 8, PromptAudio = 3, CompletionAudio = 4 },
        Read("""{"completion_tokens_details":{"audio_tokens":4},"prompt_tokens_details":{"audio_tokens":3},"completion_tokens":8,"prompt_tokens":9}"""));

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6}""", 4)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":99}}""", 10)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":null,"completion_tokens_details":null}""", 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-1}}""", 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":null}}""", 0)]
    public void Read_CachedTokens_AreNeverMoreThanThePrompt(string usage, int cached)
    {
        var read = Read(usage);
        Assert.Equal((10, 2, cached), (read.Prompt, read.Completion, read.CacheRead));
    }

    [Fact]
    public void Read_LeavesTheReaderOnTheEndOfTheObject()
    {
        var reader = new Utf8JsonReader("""[{"x":{"prompt_tokens":3},"y":[{}]},7]"""u8);
        reader.Read();
        reader.Read();
        Assert.Equal(3, OpenAiUsage.Read(ref reader).Prompt);
        reader.Read();
        Assert.Equal(7, reader.GetInt32());
    }

    private static TokenUsage Read(string usage)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(usage));
        reader.Read();
        return OpenAiUsage.Read(ref reader);
    }
}
