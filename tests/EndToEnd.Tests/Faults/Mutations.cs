namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Small damage to bytes, the same for the same seed.</summary>
internal static class Mutations
{
    private static readonly byte[][] Inserted =
    [
        "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"\""u8.ToArray(), "-1"u8.ToArray(), "1e400"u8.ToArray(), "0.5"u8.ToArray(), "true"u8.ToArray(),
        "99999999999999999999"u8.ToArray(), "\\ud800"u8.ToArray(), "\""u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "]"u8.ToArray(),
        "\0"u8.ToArray(), "\n\n"u8.ToArray(), "\r"u8.ToArray(), [0xFF], [0xED, 0xA0, 0x80], "\\"u8.ToArray(), "data: "u8.ToArray(), "data: [DONE]\n\n"u8.ToArray(), "\"error\":{},"u8.ToArray(),
    ];

    public static byte[] Mutate(ReadOnlySpan<byte> valid, Random random)
    {
        var bytes = valid.ToArray().ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(12, bytes.Count - at + 1)));
                    break;
                case 2:
                    bytes.InsertRange(at, Inserted[random.Next(Inserted.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(1, Math.Min(60, bytes.Count - at + 1))));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    ReplaceValue(bytes, at, Inserted[random.Next(Inserted.Length)]);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Puts another value in the place of the next one, which leaves the JSON whole more often than not.</summary>
    private static void ReplaceValue(List<byte> bytes, int from, byte[] with)
    {
        var start = bytes.IndexOf((byte)':', from) + 1;
        if (start == 0)
        {
            return;
        }
        var end = start;
        while (end < bytes.Count && bytes[end] is not ((byte)',' or (byte)'}' or (byte)']'))
        {
            end++;
        }
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, with);
    }
}
