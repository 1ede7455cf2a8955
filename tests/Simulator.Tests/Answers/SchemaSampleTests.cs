using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Tests.Answers;

public sealed class SchemaSampleTests
{
    [Theory]
    [InlineData("""{"type":"string","minLength":8,"maxLength":9}""", "\"samplexx\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"sa\"")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-01-02\"")]
    [InlineData("""{"type":["null","integer"],"minimum":5,"multipleOf":4}""", "8")]
    [InlineData("""{"type":"integer","exclusiveMaximum":0}""", "-1")]
    [InlineData("""{"type":"number","maximum":0.25}""", "0.25")]
    [InlineData("""{"const":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"anyOf":[{"type":"boolean"},{"type":"string"}]}""", "true")]
    [InlineData("""{"type":"array","items":{"enum":["x"]},"minItems":2}""", """["x","x"]""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"null"}}},{"properties":{"b":{"type":"BOOLEAN"}}}]}""", """{"a":null,"b":true}""")]
    [InlineData("""{"$ref":"#/$defs/t","$defs":{"t":{"type":"object","properties":{"k":{"const":1}}}}}""", """{"k":1}""")]
    public void Of_Schema_IsValidForIt(string schema, string expected) =>
        Assert.Equal(expected, Json.Write(SchemaSample.Of(JsonNode.Parse(schema)!)));

    [Fact]
    public void Of_SchemaThatContainsItself_Ends()
    {
        var schema = JsonNode.Parse("""{"type":"object","properties":{"v":{"type":"integer"},"next":{"$ref":"#"}},"required":["v"]}""")!;
        var sample = Json.Write(SchemaSample.Of(schema));
        Assert.StartsWith("""{"v":1,"next":{"v":1""", sample, StringComparison.Ordinal);
        Assert.EndsWith("""{"v":1}}}""", sample, StringComparison.Ordinal);
    }
}
