using Tollgate.Admission.Loops;

namespace Tollgate.Gateway.Tests.Admission.Loops;

public sealed class PromptHashTests
{
    [Fact]
    public void Of_TheSame_IsEqual() => Assert.Equal(PromptHash.Of("t", "k", "m", "x"u8), PromptHash.Of("t", "k", "m", "x"u8));

    [Theory]
    [InlineData("u", "k", "m", "x")]
    [InlineData("t", "l", "m", "x")]
    [InlineData("t", "k", "n", "x")]
    [InlineData("t", "k", "m", "y")]
    [InlineData("tk", "", "m", "x")]
    [InlineData("t", "k", "mx", "")]
    public void Of_AnythingElse_Differs(string tenant, string key, string model, string messages) =>
        Assert.NotEqual(PromptHash.Of("t", "k", "m", "x"u8), PromptHash.Of(tenant, key, model, System.Text.Encoding.UTF8.GetBytes(messages)));
}
