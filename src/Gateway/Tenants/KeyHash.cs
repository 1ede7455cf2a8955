using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Tenants;

/// <summary>
/// SHA-256 of a key. Keys are long and random, so that a plain hash is as good as a slow one; only the hash is kept.
/// </summary>
internal readonly struct KeyHash
{
    /// <summary>Longest key accepted, in characters.</summary>
    public const int MaxKeyLength = 256;

    private readonly byte[] bytes;

    private KeyHash(byte[] bytes) => this.bytes = bytes;

    /// <summary>First bytes of the hash: finds a candidate, proves nothing.</summary>
    public long Prefix => BitConverter.ToInt64(bytes, 0);

    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[MaxKeyLength * 3];
        var count = Encoding.UTF8.GetBytes(key, utf8);
        return new KeyHash(SHA256.HashData(utf8[..count]));
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static KeyHash FromHex(string hex)
    {
        var hash = Convert.FromHexString(hex);
        return hash.Length == SHA256.HashSizeInBytes ? new KeyHash(hash) : throw new FormatException("A SHA-256 hash has 64 hexadecimal digits.");
    }

    /// <summary>Compares in constant time.</summary>
    public bool Matches(KeyHash other) => CryptographicOperations.FixedTimeEquals(bytes, other.bytes);
}
