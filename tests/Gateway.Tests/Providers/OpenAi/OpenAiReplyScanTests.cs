using System.Text;
using System.Text.Json;
using Tollgate.Errors;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiReplyScanTests
{
    [Fact]
    public void Read_Answer_TellsUsageAndBytes()
    {
        var scan = Read("""{"id":"x","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":7},"unknown":[{}]}""");
        Assert.Equal(12, scan.Usage?.Total);
        Assert.Equal("""[{"message":{"content":"hi"}}]""".Length, scan.OutputBytes);
        Assert.Null(scan.Failure);
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[],"usage":null,"error":null}""")]
    public void Read_WithoutUsage_HasNone(string body) => Assert.Null(Read(body).Usage);

    [Theory]
    [InlineData("""{"error":{"message":"m","code":"rate_limit_exceeded"}}""", nameof(FailureKind.RateLimited))]
    [InlineData("""{"choices":[],"error":"x"}""", nameof(FailureKind.ServerError))]
    public void F_ErrorInsideA200_IsAFailureOfTheWholeAnswer(string body, string kind) => Assert.Equal(kind, Read(body).Failure?.Kind.ToString());

    [Fact]
    public void Read_Choices_TellsTheirFinishReasons_InKnownWordsOnly()
    {
        var scan = Read("""{"choices":[{"finish_reason":"stop","message":{"finish_reason":"length"}},{"finish_reason":null},{"finish_reason":{"stop":1}},{"message":{},"finish_reason":"a secret"}]}""");
        Assert.Equal(["stop", "other"], scan.Finishes.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[]""")]
    [InlineData("""{"choices":[]}x""")]
    public void Read_NoAnswer_Throws(string body) => Assert.ThrowsAny<JsonException>(() => Read(body));

    private static OpenAiReplyScan Read(string body) => OpenAiReplyScan.Read(Encoding.UTF8.GetBytes(body));
}
