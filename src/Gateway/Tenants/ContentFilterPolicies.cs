namespace Tollgate.Tenants;

/// <summary>What becomes of a call that a provider's content filter refuses.</summary>
internal static class ContentFilterPolicies
{
    /// <summary>The words in <c>gateway.json</c> and the tables: the refusal is the caller's; another provider is asked.</summary>
    public static readonly string[] Words = ["pass", "otherProvider"];

    /// <summary>Of a word that is checked; the default is to pass it on.</summary>
    public static bool IsElsewhere(string? word) => word == Words[1];
}
