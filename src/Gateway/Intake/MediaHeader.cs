using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Tollgate.Intake;

/// <summary>
/// Reads the size of an image, and the rate of a sound, from the first bytes of its base64 text: nothing is decoded but the
/// headers. Anything out of the ordinary counts as not known.
/// </summary>
internal static class MediaHeader
{
    /// <summary>How far into the text a JPEG's frame header is looked for, in characters and in segments.</summary>
    private const int Farthest = 256 * 1024;

    private const int MostSegments = 64;

    /// <summary>Lowest bit rate of MPEG audio, 8 kbit/s, in bytes. Source: ISO/IEC 13818-3 table B.2.</summary>
    private const int SlowestMpeg = 1_000;

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Width and height in pixels of a PNG, JPEG, GIF or WebP; zeros for anything else.</summary>
    /// <param name="base64">The text as it stands in the JSON body.</param>
    public static (int Width, int Height) SizeOfImage(ReadOnlySpan<byte> base64)
    {
        base64 = Clean(base64);
        Span<byte> head = stackalloc byte[30];
        if (!TryRead(base64, 0, head))
        {
            return default;
        }
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) && head[12..].StartsWith("IHDR"u8))
        {
            return Sane(BinaryPrimitives.ReadUInt32BigEndian(head[16..]), BinaryPrimitives.ReadUInt32BigEndian(head[20..]));
        }
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
        {
            return Sane(BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]));
        }
        if (head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8))
        {
            return SizeOfWebP(head[12..]);
        }
        return head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? SizeOfJpeg(base64) : default;
    }

    /// <summary>Bytes a second of sound has at the least: exact for uncompressed WAV, the lowest bit rate for MP3, else 0.</summary>
    /// <param name="base64">The text as it stands in the JSON body.</param>
    public static int RateOfSound(ReadOnlySpan<byte> base64)
    {
        base64 = Clean(base64);
        Span<byte> head = stackalloc byte[36];
        if (!TryRead(base64, 0, head))
        {
            return 0;
        }
        if (head.StartsWith("RIFF"u8) && head[8..].StartsWith("WAVEfmt "u8))
        {
            var isUncompressed = BinaryPrimitives.ReadUInt16LittleEndian(head[20..]) is 1 or 3;
            var rate = (long)BinaryPrimitives.ReadUInt32LittleEndian(head[24..]) * BinaryPrimitives.ReadUInt16LittleEndian(head[32..]);
            return isUncompressed && rate is > 0 and <= int.MaxValue ? (int)rate : 0;
        }
        var isMpeg = head.StartsWith("ID3"u8) || (head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x06) != 0);
        return isMpeg ? SlowestMpeg : 0;
    }

    /// <summary>Sources: RFC 9649 sections 2.5 to 2.7; RFC 6386 section 9.1.</summary>
    private static (int Width, int Height) SizeOfWebP(ReadOnlySpan<byte> chunk)
    {
        var data = chunk[8..];
        if (chunk.StartsWith("VP8X"u8))
        {
            return Sane((BinaryPrimitives.ReadUInt32LittleEndian(data[4..]) & 0xFFFFFF) + 1, (BinaryPrimitives.ReadUInt32LittleEndian(data[6..]) >> 8) + 1);
        }
        if (chunk.StartsWith("VP8L"u8) && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return Sane((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }
        return chunk.StartsWith("VP8 "u8) && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? Sane(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFFu)
            : default;
    }

    /// <summary>Goes from segment to segment to the frame header. Source: ITU-T T.81 annex B.</summary>
    private static (int Width, int Height) SizeOfJpeg(ReadOnlySpan<byte> base64)
    {
        Span<byte> segment = stackalloc byte[9];
        var at = 2;
        for (var count = 0; count < MostSegments && TryRead(base64, at, segment) && segment[0] == 0xFF; count++)
        {
            var marker = segment[1];
            if (marker is not (0xC4 or 0xCC or (>= 0xDB and <= 0xEF) or 0xFE))
            {
                // SOF0 to SOF15, without the reserved marker that has a number among them.
                return marker is >= 0xC0 and <= 0xCF and not 0xC8
                    ? Sane(BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]))
                    : default;
            }
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        }
        return default;
    }

    private static (int Width, int Height) Sane(uint width, uint height) =>
        width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? ((int)width, (int)height) : default;

    /// <summary>The text up to anything that is not base64, as white space or an escape is: beyond that, positions are not what they seem.</summary>
    private static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> base64)
    {
        var head = base64[..Math.Min(base64.Length, Farthest)];
        var end = head.IndexOfAnyExcept(Alphabet);
        return end < 0 ? head : head[..end];
    }

    /// <summary>Decodes bytes from the middle; false where the text ends before.</summary>
    private static bool TryRead(ReadOnlySpan<byte> base64, int offset, Span<byte> bytes)
    {
        var start = offset / 3 * 4;
        var skip = offset % 3;
        var length = (skip + bytes.Length + 2) / 3 * 4;
        if (base64.Length < start + length)
        {
            return false;
        }
        Span<byte> decoded = stackalloc byte[length / 4 * 3];
        Base64.DecodeFromUtf8(base64.Slice(start, length), decoded, out _, out _);
        decoded.Slice(skip, bytes.Length).CopyTo(bytes);
        return true;
    }
}
