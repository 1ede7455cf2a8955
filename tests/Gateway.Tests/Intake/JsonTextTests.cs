using System.Text;
using Tollgate.Intake;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("plain\" rest", 5)]
    [InlineData("\"", 0)]
    [InlineData("a\\\"b\\\\\" rest", 6)]
    [InlineData("\\u00e9\\n\"", 8)]
    [InlineData("你好\"", 6)]
    [InlineData("no end", -1)]
    [InlineData("bad \\x\"", -1)]
    [InlineData("bad \\u12g4\"", -1)]
    [InlineData("cut \\", -1)]
    [InlineData("line\nbreak\"", -1)]
    public void EndOf_Text_IsTheClosingQuote(string text, int expected) =>
        Assert.Equal(expected, JsonText.EndOf(Encoding.UTF8.GetBytes(text)));
}
