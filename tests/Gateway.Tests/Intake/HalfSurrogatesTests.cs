using System.Text;
using Tollgate.Intake;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class HalfSurrogatesTests
{
    [Theory]
    [InlineData(@"\ud83d\ude42", false)]
    [InlineData(@"\ud83d", true)]
    [InlineData(@"\uDE42", true)]
    [InlineData(@"\ud83d\ud83d\ude42", true)]
    [InlineData(@"\\ud83d", false)]
    [InlineData(@"\ud83dx", true)]
    [InlineData(@"\u00e9 \n", false)]
    public void Exist_Escapes_FindsTheOddHalf(string text, bool expected) =>
        Assert.Equal(expected, HalfSurrogates.Exist(Encoding.UTF8.GetBytes(text)));
}
