using System.Text;
using System.Text.Json;
using Tollgate.Errors;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiChunkTests
{
    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""", false, 0, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant"}}]}""", false, 0, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":null}]}""", false, 0, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":null}]}""", false, 0, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"Hello"}}]}""", true, 5, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"世"}}]}""", true, 3, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}""", true, 2, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"refusal":"no"}}]}""", true, 2, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get","arguments":""}}]}}]}""", true, 3, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]}""", true, 6, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"ab"}]}}]}""", true, 2, 0)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", true, 0, 1)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"},{"index":1,"delta":{"content":"b"},"finish_reason":"length"}]}""", true, 2, 2)]
    [InlineData("""{"choices":[{"finish_reason":"stop","content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"delta":{}}]}""", true, 0, 1)]
    public void Read_Choice_TellsOutputAndFinish(string data, bool hasOutput, int bytes, int finishes)
    {
        var chunk = Read(data);
        Assert.Equal((hasOutput, bytes, finishes, true), (chunk.HasOutput, chunk.OutputBytes, chunk.Finishes, chunk.HasChoices));
        Assert.Null(chunk.Failure);
        Assert.Null(chunk.Usage);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":null,"usage":null,"error":null}""")]
    [InlineData("""{"choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"severity":"safe"}}}]}""")]
    public void F_AzuresFirstChunk_HasNothingInIt(string data)
    {
        var chunk = Read(data);
        Assert.False(chunk.HasChoices || chunk.HasOutput);
        Assert.Null(chunk.Usage);
        Assert.Null(chunk.Failure);
    }

    [Fact]
    public void Read_Usage_IsFoundWithAndWithoutChoices()
    {
        Assert.Equal(12, Read("""{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}""").Usage?.Total);
        var both = Read("""{"usage":{"prompt_tokens":5,"completion_tokens":7},"choices":[{"delta":{"content":"x"}}]}""");
        Assert.Equal((12L, 1), (both.Usage?.Total, both.OutputBytes));
    }

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"server_error"}}""", nameof(FailureKind.ServerError))]
    [InlineData("""{"error":{"message":"m","code":"content_filter"}}""", nameof(FailureKind.ContentFilter))]
    [InlineData("""{"error":"boom"}""", nameof(FailureKind.ServerError))]
    [InlineData("""{"choices":[],"error":{"code":429,"message":"m"}}""", nameof(FailureKind.RateLimited))]
    public void F_ErrorInsideA200_IsAFailure(string data, string kind) => Assert.Equal(kind, Read(data).Failure?.Kind.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("x")]
    [InlineData("[DONE]")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"cut")]
    [InlineData("{\"choices\":[1]}")]
    [InlineData("{} {}")]
    public void Read_Malformed_Throws(string data) => Assert.ThrowsAny<JsonException>(() => Read(data));

    private static OpenAiChunk Read(string data) => OpenAiChunk.Read(Encoding.UTF8.GetBytes(data));
}
