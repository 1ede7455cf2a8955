using Tollgate.Admission.Bounds;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

public sealed class PromptTokenizersTests
{
    [Fact]
    public async Task Find_BeforeLoading_IsNullAndLoadsOnceInTheBackground()
    {
        var (loads, gate) = (0, new TaskCompletionSource());
        var tokenizers = new PromptTokenizers(encoding =>
        {
            Interlocked.Increment(ref loads);
            gate.Task.GetAwaiter().GetResult();
            return Tokenizers.ExactFor(encoding);
        });
        Assert.Equal(0, loads);
        Assert.Null(tokenizers.Find(TokenEncoding.Cl100k));
        Assert.Null(tokenizers.Find(TokenEncoding.Cl100k));

        gate.SetResult();
        var loaded = await tokenizers.LoadAsync(TokenEncoding.Cl100k);
        Assert.Same(loaded, tokenizers.Find(TokenEncoding.Cl100k));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task Find_LoadingFailed_StaysNull()
    {
        var tokenizers = new PromptTokenizers(_ => throw new InvalidDataException());
        await Assert.ThrowsAsync<InvalidDataException>(() => tokenizers.LoadAsync(TokenEncoding.O200k));
        Assert.Null(tokenizers.Find(TokenEncoding.O200k));
    }

    [Theory]
    [InlineData("gpt-4o-mini-2024-07-18", "O200k")]
    [InlineData("gpt-5-mini", "O200k")]
    [InlineData("gpt-5.6-terra", null)]
    [InlineData("o3", "O200k")]
    [InlineData("openai/gpt-oss-120b", "O200k")]
    [InlineData("gpt-4-0613", "Cl100k")]
    [InlineData("gpt-3.5-turbo", "Cl100k")]
    [InlineData("gpt-6-astra", null)]
    [InlineData("claude-opus-5-5", null)]
    public void Find_Model_HasThePublishedEncoding(string model, string? encoding) => Assert.Equal(encoding, TokenEncodings.Find(model)?.ToString());

    [Theory]
    [InlineData("<|endoftext|>", 7)]
    [InlineData("hello world", 2)]
    public void Exact_KnownTexts_HaveTheirPublishedCount(string text, int tokens) => Assert.Equal(tokens, Tokenizers.ExactFor(TokenEncoding.Cl100k).CountTokens(text));
}
