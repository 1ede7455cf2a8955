using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Tollgate.Admission.Bounds;

/// <summary>Reads the text of a JSON string piece by piece, so that a long one needs no more memory than a short one.</summary>
/// <param name="json">What stands between the quotes: valid JSON in valid UTF-8.</param>
internal ref struct JsonStringReader(ReadOnlySpan<byte> json)
{
    private ReadOnlySpan<byte> rest = json;

    /// <summary>Bytes not read yet, as they stand in the JSON.</summary>
    public readonly int Left => rest.Length;

    /// <summary>Decodes as much as there is room for; at least one character where there is one and room for two.</summary>
    public int Read(Span<char> text)
    {
        var written = 0;
        while (rest.Length > 0 && text.Length - written >= 2)
        {
            if (rest[0] == '\\')
            {
                text[written++] = Escaped();
                continue;
            }
            var plain = rest.IndexOf((byte)'\\') is >= 0 and var at ? rest[..at] : rest;
            var status = Utf8.ToUtf16(plain, text[written..], out var read, out var count);
            rest = rest[read..];
            written += count;
            if (status != OperationStatus.Done)
            {
                break;
            }
        }
        return written;
    }

    private char Escaped()
    {
        if (rest[1] == 'u')
        {
            var unit = (char)ushort.Parse(rest[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            rest = rest[6..];
            return unit;
        }
        var escaped = rest[1] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            var other => (char)other,
        };
        rest = rest[2..];
        return escaped;
    }
}
