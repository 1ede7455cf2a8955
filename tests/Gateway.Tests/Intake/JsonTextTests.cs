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

    [Theory]
    [InlineData("\\ud83d\\ude42", false)]
    [InlineData("\\ud83d", true)]
    [InlineData("\\ude42", true)]
    [InlineData("\\ud83d\\ud83d\\ude42", true)]
    [InlineData("\\\\ud83d", false)]
    [InlineData("\\ud83dx", true)]
    [InlineData("\\u00e9 \\n", false)]
    public void HasHalfPair_Escapes_FindsTheOddHalf(string text, bool expected) =>
        Assert.Equal(expected, JsonText.HasHalfPair(Encoding.UTF8.GetBytes(text)));
}
