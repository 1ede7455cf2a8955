using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Tollgate.Intake;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class MediaHeaderTests
{
    private static readonly byte[] Png = [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0x0F, 0xC0, 0, 0, 0x0B, 0xD0, 8, 2, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Gif = [.. "GIF89a"u8, 0x40, 0x01, 0xF0, 0x00, .. new byte[40]];
    private static readonly byte[] WebPLossy = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0, 0, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00, .. new byte[20]];
    private static readonly byte[] WebPLossless = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 0, 0, 0, 0, 0x2F, 0x3F, 0xC1, 0x3B, 0x00, .. new byte[20]];
    private static readonly byte[] WebPExtended = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0x3F, 0x01, 0x00, 0xEF, 0x00, 0x00, .. new byte[20]];

    public static TheoryData<byte[], int, int> Images => new()
    {
        { Png, 4032, 3024 },
        { Gif, 320, 240 },
        { WebPLossy, 320, 240 },
        { WebPLossless, 320, 240 },
        { WebPExtended, 320, 240 },
        { Jpeg(0), 320, 240 },
        { Jpeg(1), 320, 240 },
        { Jpeg(65_000), 320, 240 },
        { Jpeg(65_000, 65_000, 3), 320, 240 },
        { Jpeg(65_000, 65_000, 65_000, 65_000), 0, 0 },
        { [0xFF, 0xD8, 0xFF, 0xDA, .. new byte[40]], 0, 0 },
        { [.. "%PDF-1.7"u8, .. new byte[40]], 0, 0 },
        { Png[..20], 0, 0 },
        { [], 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void SizeOfImage_KnownFormats_IsInTheHeader(byte[] image, int width, int height) => Assert.Equal((width, height), MediaHeader.SizeOfImage(Base64(image)));

    [Theory]
    [InlineData("iVBO\\nRw0KGgoAAAANSUhEUgAAD8AAAAvQCAIAAAAAAAAA")]
    [InlineData("iVBO Rw0KGgoAAAANSUhEUgAAD8AAAAvQCAIAAAAAAAAA")]
    [InlineData("iVBORw0KGgoAAAANSUhEUgAA\\/8AAAAvQCAIAAAAAAAAAAAAAAA")]
    public void SizeOfImage_AnythingButBase64OnTheWay_IsUnknown(string text) => Assert.Equal(default, MediaHeader.SizeOfImage(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void SizeOfImage_AnyBytes_DoesNotFail() => Gen.Select(Gen.Int[0, 4].Select(i => new[] { Png, Gif, WebPLossy, WebPExtended, Jpeg(9) }[i]), Gen.Byte.Array[0, 80], Gen.Int[0, 30]).Sample((image, noise, keep) =>
    {
        var (width, height) = MediaHeader.SizeOfImage(Base64([.. image[..Math.Min(keep, image.Length)], .. noise]));
        return width >= 0 && height >= 0;
    });

    [Theory]
    [InlineData(1, 16_000, 2, 32_000)]
    [InlineData(3, 48_000, 8, 384_000)]
    [InlineData(1, 0, 2, 0)]
    [InlineData(2, 16_000, 2, 0)]
    public void RateOfSound_Wav_IsThatOfItsSamples(int format, int rate, int block, int expected)
    {
        byte[] wav = [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, .. new byte[40]];
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), (short)format);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), rate);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), (short)block);
        Assert.Equal(expected, MediaHeader.RateOfSound(Base64(wav)));
    }

    [Theory]
    [InlineData("ID3\u0004", 1000)]
    [InlineData("fLaC", 0)]
    [InlineData("OggS", 0)]
    public void RateOfSound_Others_IsTheLowestThatThereIs(string head, int expected) => Assert.Equal(expected, MediaHeader.RateOfSound(Base64([.. Encoding.ASCII.GetBytes(head), .. new byte[40]])));

    [Theory]
    [InlineData(0xFB, 1000)]
    [InlineData(0xF1, 0)]
    public void RateOfSound_FrameWithoutTag_IsToldByItsLayer(byte second, int expected) => Assert.Equal(expected, MediaHeader.RateOfSound(Base64([0xFF, second, .. new byte[40]])));

    private static byte[] Jpeg(params int[] segments)
    {
        var image = new List<byte> { 0xFF, 0xD8 };
        foreach (var length in segments)
        {
            image.AddRange([0xFF, 0xE1, (byte)((length + 2) >> 8), (byte)(length + 2), .. new byte[length]]);
        }
        image.AddRange([0xFF, 0xC2, 0, 17, 8, 0x00, 0xF0, 0x01, 0x40, .. new byte[40]]);
        return [.. image];
    }

    private static byte[] Base64(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
}
