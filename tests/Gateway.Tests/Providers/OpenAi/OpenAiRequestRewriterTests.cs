using System.Text;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiRequestRewriterTests
{
    private const string M = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("{\"model\":\"m\"," + M + "}", "{\"model\":\"up\"," + M + "}")]
    [InlineData("{\"model\":\"up\"," + M + "}", "{\"model\":\"up\"," + M + "}")]
    [InlineData("{\"model\":\"u\\u0070\"," + M + "}", "{\"model\":\"u\\u0070\"," + M + "}")]
    [InlineData("{ " + M + " }", "{\"model\":\"up\", " + M + " }")]
    [InlineData(" \n{\"model\" : \"m\" ,\n" + M + ", \"unknown\":{\"model\":\"m\"}}\n", " \n{\"model\" : \"up\" ,\n" + M + ", \"unknown\":{\"model\":\"m\"}}\n")]
    public async Task F_UnknownFieldsPass_AndOnlyTheModelIsRewritten(string body, string expected) => Assert.Equal(expected, await RewriteAsync(body));

    [Theory]
    [InlineData("\"stream\":true", "\"stream_options\":{\"include_usage\":true},\"stream\":true")]
    [InlineData("\"stream\":true,\"stream_options\":null", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":true,\"stream_options\":{ }", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":true,\"stream_options\":{\"a\":1}", "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"a\":1}")]
    [InlineData("\"stream\":true,\"stream_options\":{ \"include_usage\" : false }", "\"stream\":true,\"stream_options\":{ \"include_usage\" : true }")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":null}", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true}", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":false", "\"stream\":false")]
    [InlineData("\"stream\":false,\"stream_options\":{\"include_usage\":false}", "\"stream\":false,\"stream_options\":{\"include_usage\":false}")]
    public async Task Rewrite_Stream_AsksForTheUsage(string member, string expected) =>
        Assert.Equal($"{{{expected},\"model\":\"up\",{M}}}", await RewriteAsync($"{{{member},\"model\":\"up\",{M}}}"));

    [Theory]
    [InlineData("", "\"max_tokens\":300,", false)]
    [InlineData("", "\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_tokens\":9000,", "\"max_tokens\":300,", false)]
    [InlineData("\"max_tokens\":9000,", "\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_completion_tokens\":9000,", "\"max_completion_tokens\":300,", false)]
    [InlineData("\"max_completion_tokens\":9000,", "\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_tokens\":9000,\"max_completion_tokens\":8000,", "\"max_tokens\":300,\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_tokens\":9000,\"max_completion_tokens\":8,", "\"max_tokens\":300,\"max_completion_tokens\":8,", false)]
    [InlineData("\"max_tokens\":8,", "\"max_tokens\":8,", false)]
    [InlineData("\"max_tokens\":null,", "\"max_tokens\":300,", false)]
    [InlineData("\"max_tokens\":null,", "\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_completion_tokens\":null,", "\"max_completion_tokens\":300,", false)]
    [InlineData("\"max_tokens\":null,\"max_completion_tokens\":null,", "\"max_tokens\":300,\"max_completion_tokens\":null,", false)]
    [InlineData("\"max_tokens\":null,\"max_completion_tokens\":null,", "\"max_tokens\":null,\"max_completion_tokens\":300,", true)]
    [InlineData("\"max_tokens\":9000,\"max_completion_tokens\":null,", "\"max_completion_tokens\":300,\"max_tokens\":null,", true)]
    [InlineData("\"max_tokens\":null,\"max_completion_tokens\":9000,", "\"max_tokens\":null,\"max_completion_tokens\":300,", false)]
    public async Task Rewrite_BudgetsCap_ReplacesOrAddsOneThatCounts(string member, string expected, bool needsNew) =>
        Assert.Equal($"{{{expected}\"model\":\"up\",{M}}}", await RewriteAsync($"{{{member}\"model\":\"up\",{M}}}", 300, needsNew));

    [Theory]
    [InlineData("\"max_tokens\":9,", "\"max_completion_tokens\":9,", true)]
    [InlineData("\"max_tokens\":9,\"max_completion_tokens\":null,", "\"max_completion_tokens\":9,\"max_tokens\":null,", true)]
    [InlineData("\"max_tokens\":9,", "\"max_tokens\":9,", false)]
    [InlineData("\"max_completion_tokens\":9,", "\"max_completion_tokens\":9,", false)]
    [InlineData("\"max_tokens\":9,\"max_completion_tokens\":8,", "\"max_tokens\":9,\"max_completion_tokens\":8,", true)]
    [InlineData("\"max_tokens\":null,", "\"max_tokens\":null,", true)]
    public async Task F_ReasoningModels_GetMaxCompletionTokens(string member, string expected, bool needsNew) =>
        Assert.Equal($"{{{expected}\"model\":\"up\",{M}}}", await RewriteAsync($"{{{member}\"model\":\"up\",{M}}}", cap: null, needsNew));

    [Fact]
    public async Task Rewrite_EverythingAtOnce_KeepsTheOrderOfPlaces() => Assert.Equal(
        $"{{\"stream_options\":{{\"include_usage\":true}},\"max_completion_tokens\":7,\"stream\":true,{M},\"model\":\"up\"}}",
        await RewriteAsync($"{{\"max_tokens\":9,\"stream\":true,{M},\"model\":\"m\"}}", 7, needsNew: true));

    [Fact]
    public async Task Rewrite_ModelWithQuotes_IsEscaped()
    {
        using var call = Some.Call(Some.Body);
        using var content = OpenAiRequestRewriter.Rewrite(call, Some.Profile() with { Model = "a\"b" }, null);
        Assert.Contains("\"model\":\"a\\u0022b\"", await content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> RewriteAsync(string body, long? cap = null, bool needsNew = false)
    {
        using var call = Some.Call(body);
        using var content = OpenAiRequestRewriter.Rewrite(call, Some.Profile() with { Model = "up", NeedsMaxCompletionTokens = needsNew }, cap);
        var announced = content.Headers.ContentLength;
        var sent = await content.ReadAsByteArrayAsync();
        Assert.Equal(sent.Length, announced);
        Assert.Equal("application/json", content.Headers.ContentType?.ToString());
        return Encoding.UTF8.GetString(sent);
    }
}
