using Tollgate.Providers.Anthropic;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class AnthropicRequestTests
{
    public static TheoryData<string> Cases => Transcript.Names("A.", ".request.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void WriteRequest_Transcript_GivesTheWholeBody(string name) =>
        WireRunner.Request(new AnthropicWire(AnthropicPlatform.Direct), name, AnthropicModels.Of);

    [Fact]
    public void Cases_EveryRuleOfTableA_HasOne()
    {
        var names = Cases.Cast<object[]>().Select(row => (string)row[0]).ToList();
        Assert.All(Enumerable.Range(1, 15), rule => Assert.Contains(names, name => name.StartsWith($"A.{rule}-", StringComparison.Ordinal)));
    }
}
