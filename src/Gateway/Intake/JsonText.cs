using System.Buffers;

namespace Tollgate.Intake;

/// <summary>
/// Finds the end of a JSON string many bytes at a time. <see cref="System.Text.Json.Utf8JsonReader"/> goes byte by byte
/// from the first escape on, which is what a long prompt costs most.
/// </summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Stops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Position of the closing quote of the string that <paramref name="text"/> continues; -1 where it is not a valid string, or holds half of a surrogate pair.</summary>
    public static int EndOf(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            var next = text[at..].IndexOfAny(Stops);
            if (next < 0)
            {
                return -1;
            }
            at += next;
            if (text[at] == '"')
            {
                return at;
            }
            var escape = text[at] == '\\' ? EscapeLength(text[at..]) : 0;
            if (escape == 0)
            {
                return -1;
            }
            at += escape;
        }
    }

    private static int EscapeLength(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < 2)
        {
            return 0;
        }
        return escape[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when escape.Length >= 6 && !escape.Slice(2, 4).ContainsAnyExcept(HexDigits) => HalfSurrogates.EscapeLength(escape),
            _ => 0,
        };
    }
}
