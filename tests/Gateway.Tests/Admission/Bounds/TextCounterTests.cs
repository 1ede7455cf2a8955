using System.Text.Json;
using CsCheck;
using Tollgate.Admission.Bounds;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

public sealed class TextCounterTests
{
    private static readonly string[] Corpus =
    [
        "",
        "Say hello to the benchmark.",
        "The quick brown fox jumps over the lazy dog. I'll've done it — it's O'Neill's.\r\n\r\n\tTabs and   spaces   \n",
        "世界上最遥远的距离，不是生与死，而是我就站在你面前，你却不知道我爱你。",
        "日本語とカタカナ、한국어 문장, العربية مع التشكيل بِسْمِ ٱللَّهِ, עברית, ไทยไม่มีช่องว่าง, हिन्दी",
        "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪 🙂🙃 z̷̢̛̬̙a̴͉͝l̵̰̈́g̶̱̈́o̷̤͠",
        "public static long Of(in MediaPart part) => part switch { { Kind: 1 } => 0, _ => throw new(\"x\\n\") };\n\n\n        // why\n",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
        "{\"a\":[1,2,3.5e-7,null,true],\"b\":\"c\\\\d\\\"e\\u0001\"}",
        "<|endoftext|>",
        "<|endoftext|><|endofprompt|><|fim_prefix|>x<|fim_middle|><|fim_suffix|> <|im_start|>system<|im_sep|>",
        "<<<|endoftext|>>>> a<|endoftext|>b<|end<|endoftext|>oftext|>",
        "\u0001\u0002\u007f\u0080\uFFFD\uFEFF\u200B\u200D\uFDFA",
        "0123456789012345678901234567890123456789 3.14159 1e999 ١٢٣٤٥",
        new string('a', 10_000),
        new string(' ', 9_000) + "x",
        string.Concat(Enumerable.Repeat("\r\n", 5_000)),
        string.Concat(Enumerable.Repeat("<|", 3_000)),
        string.Concat(Enumerable.Repeat("SolidGoldMagikarp davidjl ", 500)),
    ];

    private static readonly Gen<string> Adversarial = Gen.OneOf(
        Gen.Int[0, Corpus.Length - 1].Select(i => Corpus[i]),
        Gen.String,
        Gen.Char["ab <|>\n'sé世"].Array[0, 200].Select(letters => new string(letters)),
        Gen.Char['a', 'z'].Array[0, 300].Select(letters => new string(letters)));

    public static TheoryData<int> Texts => [.. Enumerable.Range(0, Corpus.Length)];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Add_AnyText_IsNeverLessThanTheExactCount(int text)
    {
        foreach (var encoding in Enum.GetValues<TokenEncoding>())
        {
            foreach (var json in new[] { Json(Corpus[text], escaped: false), Json(Corpus[text], escaped: true) })
            {
                using var counter = new TextCounter(await Tokenizers.LoadAsync(encoding));
                counter.Add(json);
                Assert.InRange(counter.Tokens, Tokenizers.ExactFor(encoding).CountTokens(Corpus[text]), json.Length);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Add_RandomText_IsNeverLessThanTheExactCount(int encoding)
    {
        var tokenizer = await Tokenizers.LoadAsync((TokenEncoding)encoding);
        Gen.Select(Adversarial, Gen.Bool).Sample((text, escaped) =>
        {
            var valid = text.IsNormalized() ? text : "";
            using var counter = new TextCounter(tokenizer);
            counter.Add(Json(valid, escaped));
            return counter.Tokens >= Tokenizers.ExactFor((TokenEncoding)encoding).CountTokens(valid);
        });
    }

    /// <summary>What the counter adds where it cuts a text has to make up for what the cut hides.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Add_TextInTwoPieces_HidesNoMoreThanTheSeam(int encoding) => Gen.Select(Adversarial, Adversarial).Sample((left, right) =>
    {
        var exact = Tokenizers.ExactFor((TokenEncoding)encoding);
        return exact.CountTokens(left + right) <= exact.CountTokens(left) + exact.CountTokens(right) + 4;
    });

    [Fact]
    public async Task Add_OrdinaryText_IsExact()
    {
        using var counter = new TextCounter(await Tokenizers.LoadAsync(TokenEncoding.O200k));
        counter.Add(Json(Corpus[1], escaped: false));
        counter.Add(Json(Corpus[3], escaped: true));
        var exact = Tokenizers.ExactFor(TokenEncoding.O200k);
        Assert.Equal(exact.CountTokens(Corpus[1]) + exact.CountTokens(Corpus[3]), counter.Tokens);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task Add_LongText_IsTokenizedUpToALimitAndCountedByBytesBeyond(int words)
    {
        var text = string.Concat(Enumerable.Repeat("word ", words));
        using var counter = new TextCounter(await Tokenizers.LoadAsync(TokenEncoding.O200k));
        counter.Add(Json(text, escaped: false));
        counter.Add(Json(text, escaped: false));
        Assert.InRange(counter.Characters, Math.Min(2 * text.Length, TextCounter.MostCharacters), TextCounter.MostCharacters + 1);
        Assert.InRange(counter.Tokens, Math.Max(2 * words, (2 * text.Length) - TextCounter.MostCharacters), 2 * text.Length);
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData(@"a\nb\\\""", 5)]
    [InlineData(@"\u4e16\u754c", 6)]
    [InlineData(@"\ud83d\ude42", 6)]
    [InlineData("世界", 6)]
    public void Add_WithoutTokenizer_IsTheBytesOfTheText(string json, int bytes)
    {
        using var counter = new TextCounter(tokenizer: null);
        counter.Add(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal((bytes, 0), (counter.Tokens, counter.Characters));
    }

    /// <summary>As it stands between the quotes: with every character that may be escaped so, or with none.</summary>
    internal static byte[] Json(string text, bool escaped)
    {
        var encoder = escaped ? System.Text.Encodings.Web.JavaScriptEncoder.Default : System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return JsonEncodedText.Encode(text, encoder).EncodedUtf8Bytes.ToArray();
    }
}
