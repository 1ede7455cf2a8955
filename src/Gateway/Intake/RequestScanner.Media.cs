using System.Text.Json;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Intake;

/// <summary>Images, sounds and files: what they are and how large, so that their cost can be told.</summary>
internal ref partial struct RequestScanner
{
    private void ReadImage(int message, int part)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw WrongType($"messages[{message}].content[{part}].image_url", "an object with 'url'");
        }
        var image = new MediaPart(MediaKind.Image);
        var (urls, details) = (0, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("url"u8))
            {
                urls++;
                var url = ReadLongValue(only: "data:"u8);
                if (reader.TokenType == JsonTokenType.String && !url.StartsWith("data:"u8))
                {
                    ImageAddress.Check(reader.GetString()!, $"messages[{message}].content[{part}].image_url.url");
                }
                image = FromDataUri(url, image);
            }
            else if (reader.ValueTextEquals("detail"u8))
            {
                details++;
                reader.Read();
                image = image with { Detail = DetailOf() };
                reader.Skip();
            }
            else
            {
                ReadLongValue(only: "data:"u8);
            }
        }
        // Of two equal names, parsers differ in which they take.
        image = urls == 1 ? image : new MediaPart(MediaKind.Image) { Detail = image.Detail };
        (scan.Media ??= []).Add(details <= 1 ? image : image with { Detail = ImageDetail.Original });
    }

    /// <param name="kind">A sound or a file.</param>
    /// <param name="data">The property that holds it.</param>
    private void ReadMedia(MediaKind kind, ReadOnlySpan<byte> data)
    {
        reader.Read();
        var media = new MediaPart(kind);
        var count = 0;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            CountText();
            (scan.Media ??= []).Add(media);
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(data))
            {
                count++;
                var value = ReadLongValue();
                media = kind == MediaKind.Audio
                    ? media with { Bytes = value.Length, BytesPerSecond = MediaHeader.RateOfSound(value) }
                    : FromDataUri(value, media);
            }
            else
            {
                // A file's name may stand in the prompt beside it.
                reader.Read();
                CountText();
            }
        }
        (scan.Media ??= []).Add(count == 1 ? media : new MediaPart(kind));
    }

    /// <summary>After a property name: passes over its value. The text between the quotes where it is a string, else empty.</summary>
    private ReadOnlySpan<byte> ReadLongValue(ReadOnlySpan<byte> only = default)
    {
        var start = Position;
        var counted = scan.TextBytes;
        if (JumpLongString(only))
        {
            scan.TextBytes = counted;
            var value = body[start..Position];
            return value[(value.IndexOf((byte)'"') + 1)..^1];
        }
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan;
        }
        reader.Skip();
        return default;
    }

    private static MediaPart FromDataUri(ReadOnlySpan<byte> uri, MediaPart media)
    {
        var comma = uri.IndexOf((byte)',');
        if (!uri.StartsWith("data:"u8) || comma < 0)
        {
            return media;
        }
        var header = uri[..comma];
        var data = uri[(comma + 1)..];
        if (!header.StartsWith("data:image/"u8))
        {
            return media with { Kind = MediaKind.File, Bytes = data.Length, IsVideo = !header.StartsWith("data:application/pdf"u8) && !header.StartsWith("data:text/"u8) };
        }
        var (width, height) = MediaHeader.SizeOfImage(data);
        return media with { Kind = MediaKind.Image, Bytes = data.Length, Width = width, Height = height };
    }

    private readonly ImageDetail DetailOf() => reader.TokenType != JsonTokenType.String ? ImageDetail.Original
        : reader.ValueTextEquals("low"u8) ? ImageDetail.Low
        : reader.ValueTextEquals("high"u8) ? ImageDetail.High
        : ImageDetail.Original;
}
