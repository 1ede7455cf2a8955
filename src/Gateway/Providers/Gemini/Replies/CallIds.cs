namespace Tollgate.Providers.Gemini.Replies;

/// <summary>Ids for calls that Google gave none. Unique over conversations, and at most 40 characters, as OpenAI's may be.</summary>
internal sealed class CallIds(string callId)
{
    private const string Prefix = "tg_";

    private int minted;

    public static bool IsMinted(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    public string Next() => $"{Prefix}{callId}_{minted++}";
}
