using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Tests.Scenarios;

public sealed class ScenarioParserTests
{
    [Theory]
    [InlineData("claude-haiku-4-5")]
    [InlineData("o4-mini")]
    [InlineData("gpt-4o-c5-hang")]
    [InlineData("simple-c5")]
    [InlineData("c5-sim")]
    public void Parse_NameWithoutMark_SetsNothing(string model)
    {
        var scenario = ScenarioParser.Parse(model, null);
        Assert.DoesNotContain(Enum.GetValues<Knob>(), scenario.Has);
    }

    [Theory]
    [InlineData("err200", nameof(Knob.ErrorInSuccess), 0)]
    [InlineData("err20", nameof(Knob.ErrorEvent), 20)]
    [InlineData("html200", nameof(Knob.HtmlInSuccess), 0)]
    [InlineData("split1", nameof(Knob.TinyPieces), 0)]
    [InlineData("s12", nameof(Knob.ChunkBytes), 12)]
    [InlineData("c5x1", null, 0)]
    [InlineData("f", null, 0)]
    [InlineData("f-1", null, 0)]
    public void Parse_Token_SetsItsKnobOnly(string token, string? knob, int value)
    {
        var scenario = ScenarioParser.Parse("openai/gpt-sim-" + token, null);
        Assert.Equal(knob, Enum.GetValues<Knob>().Where(scenario.Has).Select(k => k.ToString()).SingleOrDefault());
        if (knob is not null)
            Assert.Equal(value, scenario[Enum.Parse<Knob>(knob)]);
    }

    [Fact]
    public void At_AfterTheLastFailingRequest_KeepsOnlyWhatIsNoFault()
    {
        var scenario = ScenarioParser.Parse("sim-c5-cut2x1-f429x3", null);
        Assert.True(scenario.At(1).Has(Knob.Cut));
        Assert.False(scenario.At(2).Has(Knob.Cut));
        Assert.True(scenario.At(3).Has(Knob.Status));
        Assert.False(scenario.At(4).Has(Knob.Status));
        Assert.Equal(5, scenario.At(4)[Knob.Chunks]);
    }

    [Fact]
    public void Parse_Header_WinsOverName()
    {
        Assert.Equal(9, ScenarioParser.Parse("sim-c5", "sim-c9, think")[Knob.Chunks]);
        Assert.Throws<FormatException>(() => ScenarioParser.Parse("sim", "c9-nonsense"));
    }
}
