using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Tenants;

/// <summary>
/// SHA-256 of a key. Keys are long and random, so that a plain hash is as good as a slow one; only the hash is kept.
/// Held in the value itself: every call makes one, and looks it up.
/// </summary>
internal readonly struct KeyHash : IEquatable<KeyHash>
{
    /// <summary>Longest key accepted, in characters.</summary>
    public const int MaxKeyLength = 256;

    private readonly UInt128 first, second;

    private KeyHash(ReadOnlySpan<byte> bytes) => (first, second) = (MemoryMarshal.Read<UInt128>(bytes), MemoryMarshal.Read<UInt128>(bytes[16..]));

    /// <summary>First bytes of the hash: finds a candidate, proves nothing.</summary>
    public long Prefix => MemoryMarshal.Read<long>(Bytes(in this));

    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[MaxKeyLength * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        return new KeyHash(hash);
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static KeyHash FromHex(string hex)
    {
        var hash = Convert.FromHexString(hex);
        return hash.Length == SHA256.HashSizeInBytes ? new KeyHash(hash) : throw new FormatException("A SHA-256 hash has 64 hexadecimal digits.");
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(Bytes(in this));

    /// <summary>Compares in constant time.</summary>
    public bool Matches(KeyHash other) => CryptographicOperations.FixedTimeEquals(Bytes(in this), Bytes(in other));

    public bool Equals(KeyHash other) => Matches(other);

    public override bool Equals(object? obj) => obj is KeyHash other && Equals(other);

    public override int GetHashCode() => (int)Prefix;

    private static ReadOnlySpan<byte> Bytes(in KeyHash hash) => MemoryMarshal.AsBytes(new ReadOnlySpan<KeyHash>(in hash));
}
