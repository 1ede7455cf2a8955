using System.Text;
using System.Text.Json;
using Tollgate.Intake;

namespace Tollgate.Streaming;

/// <summary>
/// The chunks of a stream differ in their text alone. Once one is read, the next is known by comparing the bytes before and
/// behind its text, without parsing them again.
/// </summary>
internal sealed class ChunkTemplate
{
    private byte[] before = [];
    private byte[] behind = [];

    /// <summary>Takes a chunk that was read and found to hold nothing but one text.</summary>
    public void Learn(ReadOnlySpan<byte> chunk, Range text)
    {
        var (start, length) = text.GetOffsetAndLength(chunk.Length);
        before = chunk[..start].ToArray();
        behind = chunk[(start + length)..].ToArray();
    }

    /// <summary>Takes a chunk that was read and found to hold nothing new but the text under <paramref name="property"/>.</summary>
    public void Learn(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> property)
    {
        var reader = new Utf8JsonReader(chunk);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(property) && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                var start = (int)reader.TokenStartIndex + 1;
                Learn(chunk, start..(start + reader.ValueSpan.Length));
                return;
            }
        }
    }

    /// <summary>The text of a chunk that matches.</summary>
    public string TextOf(ReadOnlySpan<byte> chunk)
    {
        var text = chunk[before.Length..^behind.Length];
        if (!text.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(text);
        }
        var quoted = new Utf8JsonReader(chunk[(before.Length - 1)..^(behind.Length - 1)]);
        quoted.Read();
        return quoted.GetString()!;
    }

    /// <summary>True when the chunk is the learned one but for its text, and how long that is in bytes.</summary>
    public bool Matches(ReadOnlySpan<byte> chunk, out int textBytes)
    {
        textBytes = chunk.Length - before.Length - behind.Length;
        return before.Length > 0 && textBytes >= 0 && chunk.StartsWith(before) && chunk.EndsWith(behind)
            && JsonText.EndOf(chunk[before.Length..]) == textBytes;
    }
}
