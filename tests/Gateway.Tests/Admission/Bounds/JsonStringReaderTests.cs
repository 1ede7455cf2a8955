using System.Text;
using CsCheck;
using Tollgate.Admission.Bounds;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

public sealed class JsonStringReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(@"\""\\\/\b\f\n\r\t", "\"\\/\b\f\n\r\t")]
    [InlineData(@"\u0041\u00e9\u4E16", "Aé世")]
    [InlineData(@"x\ud83d\ude42y", "x🙂y")]
    [InlineData(@"\\u0041", @"\u0041")]
    public void Read_Escapes_AreWhatTheyStandFor(string json, string text) => Assert.Equal(text, Read(json, 64));

    [Fact]
    public void Read_AnyTextInPiecesOfAnySize_IsTheText() => Gen.Select(Gen.String, Gen.Bool, Gen.Int[2, 9]).Sample((text, escaped, size) =>
    {
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return Read(Encoding.UTF8.GetString(TextCounterTests.Json(whole, escaped)), size) == whole;
    });

    private static string Read(string json, int size)
    {
        var reader = new JsonStringReader(Encoding.UTF8.GetBytes(json));
        var text = new StringBuilder();
        var piece = new char[64];
        while (reader.Left > 0)
        {
            text.Append(piece.AsSpan(0, reader.Read(piece.AsSpan(0, size))));
        }
        return text.ToString();
    }
}
