using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Anthropic takes ids of tool calls that match <c>^[a-zA-Z0-9_-]+$</c>; other providers' ids may not.</summary>
internal static class ToolIds
{
    private static readonly SearchValues<char> Taken =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The id itself where it is taken, else one that is the same for a call and its result.</summary>
    public static string For(string id) => id.Length > 0 && !id.AsSpan().ContainsAnyExcept(Taken)
        ? id
        : "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 12));
}
