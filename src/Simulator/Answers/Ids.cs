using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Simulator.Answers;

/// <summary>Ids and signatures that look random and are the same for the same request.</summary>
internal static class Ids
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>The hash of a request, to make ids from.</summary>
    public static string Seed(string model, ReadOnlySpan<byte> body)
    {
        var name = Encoding.UTF8.GetBytes(model);
        return Convert.ToHexStringLower(SHA256.HashData([.. name, 0, .. body]));
    }

    /// <summary>An id of <paramref name="length"/> letters and digits behind the prefix, at most 32 of them.</summary>
    public static string Make(string prefix, string seed, int salt, int length)
    {
        var hash = Hash(seed, salt);
        return string.Concat(prefix, string.Create(length, hash, static (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = Alphabet[bytes[i] % Alphabet.Length];
        }));
    }

    /// <summary>An opaque Base64 signature.</summary>
    public static string Signature(string seed, int salt) => Convert.ToBase64String(Hash(seed, salt));

    private static byte[] Hash(string seed, int salt) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{salt}")));
}
