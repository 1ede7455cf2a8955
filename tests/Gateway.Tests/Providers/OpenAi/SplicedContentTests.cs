using System.Text;
using CsCheck;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class SplicedContentTests
{
    [Theory]
    [InlineData("", 0, 0, "x", "x")]
    [InlineData("abc", 0, 0, "x", "xabc")]
    [InlineData("abc", 3, 3, "x", "abcx")]
    [InlineData("abc", 0, 3, "", "")]
    [InlineData("abc", 1, 2, "世", "a世c")]
    public async Task Replace_OnePlace_SendsAsManyBytesAsAnnounced(string body, int start, int end, string with, string expected)
    {
        using var content = new SplicedContent(Encoding.UTF8.GetBytes(body));
        content.Replace(start..end, Encoding.UTF8.GetBytes(with));
        var announced = content.Headers.ContentLength;
        var sent = await content.ReadAsByteArrayAsync();
        Assert.Equal((expected, (long?)sent.Length), (Encoding.UTF8.GetString(sent), announced));
    }

    [Fact]
    public async Task Insert_TwiceAtOnePlace_KeepsTheOrder()
    {
        using var content = new SplicedContent("{}"u8.ToArray());
        content.Insert(1, "a"u8.ToArray());
        content.Insert(1, "b"u8.ToArray());
        Assert.Equal("{ab}", await content.ReadAsStringAsync());
    }

    [Fact]
    public Task Replace_AnyPlacesInAnyOrder_IsTheSameAsOnAString() =>
        (from cuts in Gen.Int[0, 40].Array[8]
         let sorted = cuts.Distinct().Order().ToArray()
         from order in Gen.Shuffle(Enumerable.Range(0, sorted.Length / 2).ToArray())
         from texts in Gen.String[Gen.Char['a', 'z'], 0, 5].Array[4]
         select (sorted, order, texts)).SampleAsync(async sample =>
        {
            var body = string.Concat(Enumerable.Range(0, 40).Select(i => (char)('A' + (i % 26))));
            using var content = new SplicedContent(Encoding.UTF8.GetBytes(body));
            var expected = body;
            foreach (var i in sample.order)
            {
                content.Replace(sample.sorted[2 * i]..sample.sorted[(2 * i) + 1], Encoding.UTF8.GetBytes(sample.texts[i]));
            }
            for (var i = (sample.sorted.Length / 2) - 1; i >= 0; i--)
            {
                expected = expected[..sample.sorted[2 * i]] + sample.texts[i] + expected[sample.sorted[(2 * i) + 1]..];
            }
            var announced = content.Headers.ContentLength;
            var sent = await content.ReadAsByteArrayAsync();
            Assert.Equal(expected, Encoding.UTF8.GetString(sent));
            Assert.Equal(expected.Length, announced);
        });
}
