using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Admission.Loops;

/// <summary>
/// Stands for one prompt of one key. The secret it is made with is this process's own and never leaves its memory: whoever sees a hash can
/// neither go back to the prompt nor try prompts against it.
/// </summary>
internal readonly record struct PromptHash(UInt128 Value)
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    /// <param name="tenant">Whose call.</param>
    /// <param name="key">With which of its keys.</param>
    /// <param name="model">The model asked for.</param>
    /// <param name="messages">The conversation as it stands in the request's body.</param>
    public static PromptHash Of(string tenant, string key, string model, ReadOnlySpan<byte> messages)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Secret);
        foreach (var word in new[] { tenant, key, model })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(word));
            // No name holds a control character.
            hash.AppendData([0]);
        }
        hash.AppendData(messages);
        Span<byte> result = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetCurrentHash(result);
        return new PromptHash(MemoryMarshal.Read<UInt128>(result));
    }
}
