using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// An upper bound of the tokens of texts that stand in JSON. Where the tokenizer is not known, a byte of text is a token at the
/// most: the tokenizers of all these models fall back to single bytes and have none that stands for less.
/// </summary>
/// <param name="tokenizer">The model's; null where it is not known.</param>
internal sealed class TextCounter(Tokenizer? tokenizer) : IDisposable
{
    /// <summary>
    /// Characters of one call that are handed to the tokenizer; what is beyond counts by its bytes. That bounds the time, however
    /// long a call is: some 10 ms for ordinary text, a fifth of a second for the worst.
    /// </summary>
    public const int MostCharacters = 32 * 1024;

    /// <summary>A piece that is tokenized at once: text without spaces costs the tokenizer a time that grows with the square of its length.</summary>
    private const int Piece = 512;

    /// <summary>Tokens that a text may have more of whole than in two pieces, since its bytes merge otherwise at the seam.</summary>
    private const int Seam = 4;

    /// <summary>
    /// The tokenizer takes texts such as <c>&lt;|endoftext|&gt;</c> for one token, but OpenAI reads them in a prompt as the text they are:
    /// as many tokens as the longest of them has characters, and both seams.
    /// </summary>
    private const int PerSpecial = 16 + (2 * Seam);

    private readonly char[] piece = tokenizer is null ? [] : ArrayPool<char>.Shared.Rent(Piece);

    public long Tokens { get; private set; }

    /// <summary>How many were handed to the tokenizer.</summary>
    public int Characters { get; private set; }

    /// <summary>Counts the text of a JSON string.</summary>
    /// <param name="json">What stands between the quotes.</param>
    public void Add(ReadOnlySpan<byte> json)
    {
        var reader = new JsonStringReader(json);
        while (tokenizer is not null && reader.Left > 0 && Characters < MostCharacters)
        {
            var before = reader.Left;
            var text = piece.AsSpan(0, reader.Read(piece.AsSpan(0, Math.Min(Piece, MostCharacters - Characters + 1))));
            Characters += text.Length;
            var tokens = tokenizer.CountTokens(text) + (text.Count("<|") * PerSpecial) + (reader.Left > 0 ? Seam : 0);
            Tokens += Math.Min(tokens, before - reader.Left);
        }
        Tokens += BytesOf(json[^reader.Left..]);
    }

    /// <summary>Counts names, numbers and punctuation: a token for every byte.</summary>
    public void AddBytes(int bytes) => Tokens += bytes;

    public void Dispose()
    {
        if (piece.Length > 0)
        {
            ArrayPool<char>.Shared.Return(piece, clearArray: true);
        }
    }

    /// <summary>Bytes of the text; an escape of six bytes stands for no more than three, and any other for one.</summary>
    private static long BytesOf(ReadOnlySpan<byte> json)
    {
        long bytes = json.Length;
        while (json.IndexOf((byte)'\\') is >= 0 and var at)
        {
            var isUnicode = json[at + 1] == 'u';
            bytes -= isUnicode ? 3 : 1;
            json = json[(at + (isUnicode ? 6 : 2))..];
        }
        return bytes;
    }
}
