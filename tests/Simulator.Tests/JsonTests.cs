using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests;

public sealed class JsonTests
{
    [Theory]
    [InlineData("🌍 你 é", "\"🌍 你 é\"")]
    [InlineData("\\uD83C\\uDF0D", "\"\\\\uD83C\\\\uDF0D\"")]
    [InlineData("\\🌍\"\n", "\"\\\\🌍\\\"\\n\"")]
    public void Write_Text_EscapesOnlyWhatMustBe(string text, string expected)
    {
        Assert.Equal(expected, Json.Write(JsonValue.Create(text)));
        Assert.Equal(text, (string?)JsonNode.Parse(Json.Write(JsonValue.Create(text))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"a":1,"a":2}""")]
    public void ParseObject_NoObjectWithDistinctNames_IsNull(string text) =>
        Assert.Null(Json.ParseObject(System.Text.Encoding.UTF8.GetBytes(text)));
}
