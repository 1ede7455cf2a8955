using System.Globalization;
using System.Text;

namespace Tollgate.Simulator;

/// <summary>
/// Turns escaped surrogate pairs in JSON back into characters. The platform's encoders escape them in any setting,
/// providers do not: without this no emoji would cross the wire as the four bytes a client must keep together.
/// </summary>
internal static class SurrogateEscapes
{
    private const int EscapeLength = 6;

    public static string Unescape(string json)
    {
        if (!json.Contains("\\uD", StringComparison.Ordinal))
            return json;
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                text.Append(json[i]);
            }
            else if (Unit(json, i) is { } high && char.IsHighSurrogate(high) && Unit(json, i + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                text.Append(high).Append(low);
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                // Both characters of any other escape at once, so that an escaped backslash starts none.
                text.Append(json, i, 2);
                i++;
            }
        }

        return text.ToString();
    }

    private static char? Unit(string json, int start) =>
        start + EscapeLength <= json.Length && json[start] == '\\' && json[start + 1] == 'u'
        && ushort.TryParse(json.AsSpan(start + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
