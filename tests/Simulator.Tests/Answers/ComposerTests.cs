using System.Text;
using Tollgate.Simulator.Answers;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Tests.Answers;

public sealed class ComposerTests
{
    [Theory]
    [InlineData("sim-c40-s12", 12)]
    [InlineData("sim-c40-s5-utf8", 5)]
    [InlineData("sim-c40-s1", 1)]
    public void Compose_ChunksAndBytes_AreExact(string model, int bytes)
    {
        var answer = Compose(model, new Prompt { Texts = ["hi"] });
        Assert.Equal(40, answer.Text.Count);
        Assert.All(answer.Text, t => Assert.Equal(bytes, Encoding.UTF8.GetByteCount(t)));
    }

    [Fact]
    public void Compose_Echo_AnswersWithTheUsersText() =>
        Assert.Equal("a b c", Compose("sim-echo", new Prompt { Texts = ["x", "a b c"], LastUserText = "a b c" }).FullText);

    [Fact]
    public void Compose_NoWords_CountsOnePromptToken() =>
        Assert.Equal(1, Compose("sim", new Prompt { Texts = [" "] }).Prompt.Tokens);

    [Theory]
    [InlineData(10, 10, 0)]
    [InlineData(20, 14, 6)]
    public void Compose_LimitWithReasoning_TakesReasoningFirst(int limit, int reasoning, int text)
    {
        var answer = Compose("sim-c50-think", new Prompt { Texts = ["hi"], MaxTokens = limit });
        Assert.Equal((reasoning, text, limit), (answer.Reasoning.Count, answer.Text.Count, answer.CompletionTokens));
        Assert.Equal(Finish.Length, answer.Finish);
    }

    [Fact]
    public void Compose_LimitWithinCall_MarksItCut()
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse("""{"properties":{"text":{"type":"string","minLength":100}}}""");
        var answer = Compose("sim-tool2", new Prompt { Texts = ["hi"], MaxTokens = 3, Tools = [new Tool("f", schema)] });
        Assert.False(Assert.Single(answer.Calls).Whole);
        Assert.Equal(3, answer.CompletionTokens);
        Assert.Equal(Finish.Length, answer.Finish);
    }

    [Fact]
    public void Compose_ParallelForbidden_CallsOnce() =>
        Assert.Single(Compose("sim-tool3", new Prompt { Texts = ["hi"], ParallelCalls = false, Tools = [new Tool("f", null)] }).Calls);

    [Fact]
    public void Compose_ToolsForbidden_AnswersWithText() =>
        Assert.Empty(Compose("sim-tool3", new Prompt { Texts = ["hi"], ToolUse = ToolUse.Forbidden, Tools = [new Tool("f", null)] }).Calls);

    private static Answer Compose(string model, Prompt prompt) =>
        Composer.Compose(model, Ids.Seed(model, []), prompt, ScenarioParser.Parse(model, null), DateTimeOffset.UnixEpoch);
}
