using System.Globalization;

namespace Tollgate.Intake;

/// <summary>
/// Escapes such as <c>\ud83c</c> without their other half: valid by JSON's grammar, no text by Unicode's, and read differently
/// by every parser. Source: RFC 8259 section 8.2.
/// </summary>
internal static class HalfSurrogates
{
    private const int Escape = 6;

    /// <summary>True when valid JSON holds such an escape in any of its strings.</summary>
    public static bool Exist(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf(@"\ud"u8) < 0 && json.IndexOf(@"\uD"u8) < 0)
        {
            return false;
        }
        while (json.IndexOf((byte)'\\') is >= 0 and var at)
        {
            json = json[at..];
            var unit = Unit(json);
            var isPair = char.IsHighSurrogate(unit) && char.IsLowSurrogate(Unit(json[Escape..]));
            if (char.IsSurrogate(unit) && !isPair)
            {
                return true;
            }
            // Both bytes of any other escape at once, so that an escaped backslash starts none.
            json = json[Math.Min(isPair ? 2 * Escape : 2, json.Length)..];
        }
        return false;
    }

    /// <summary>Bytes of the <c>\u</c> escape that the text starts with, both halves of a pair together; 0 for a half without the other.</summary>
    public static int EscapeLength(ReadOnlySpan<byte> text)
    {
        var unit = Unit(text);
        return !char.IsSurrogate(unit) ? Escape : char.IsHighSurrogate(unit) && char.IsLowSurrogate(Unit(text[Escape..])) ? 2 * Escape : 0;
    }

    /// <summary>The code unit of the escape that the text starts with; NUL where it starts with none.</summary>
    private static char Unit(ReadOnlySpan<byte> json) =>
        json.Length >= Escape && json.StartsWith(@"\u"u8) && ushort.TryParse(json[2..Escape], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\0';
}
