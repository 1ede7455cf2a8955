using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>How soon a provider serves a call, and at which of its prices; in the order of what they cost.</summary>
internal enum ServiceTier
{
    [JsonStringEnumMemberName("batch")]
    Batch = -2,

    [JsonStringEnumMemberName("flex")]
    Flex = -1,

    [JsonStringEnumMemberName("standard")]
    Standard = 0,

    /// <summary>Also called fast.</summary>
    [JsonStringEnumMemberName("priority")]
    Priority = 1,

    [JsonStringEnumMemberName("ultrafast")]
    Ultrafast = 2,
}

/// <summary>The words of providers, price lists and the ledger for tiers.</summary>
internal static class ServiceTiers
{
    /// <summary>The tiers that may have a price of their own.</summary>
    public static readonly string[] Priced = ["batch", "flex", "priority", "ultrafast"];

    /// <summary>As price lists and the ledger say it.</summary>
    public static string Word(this ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => "batch",
        ServiceTier.Flex => "flex",
        ServiceTier.Priority => "priority",
        ServiceTier.Ultrafast => "ultrafast",
        _ => "standard",
    };

    /// <summary>The tier that a provider, a price list or the ledger names. One that is not known costs what the standard one does, as far as anybody knows.</summary>
    public static ServiceTier Parse(string? word) => Known(word) ?? ServiceTier.Standard;

    /// <summary>The tier that an answer says it was served with: the value the reader stands on.</summary>
    public static ServiceTier ReadServed(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? Parse(Short(ref reader)) : ServiceTier.Standard;

    /// <summary>
    /// The dearest tier that a caller's wish, the value the reader stands on, may be served with; null where it leaves that to the provider.
    /// </summary>
    public static ServiceTier? ReadAsked(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.String ? null : Short(ref reader) switch
    {
        "auto" => null,
        var word => Known(word) ?? ServiceTier.Ultrafast,
    };

    private static ServiceTier? Known(string? word) => word switch
    {
        "default" or "standard" or "standard_only" or "on_demand" => ServiceTier.Standard,
        "batch" => ServiceTier.Batch,
        "flex" => ServiceTier.Flex,
        "priority" or "fast" => ServiceTier.Priority,
        "ultrafast" => ServiceTier.Ultrafast,
        _ => null,
    };

    /// <summary>No word is longer than this with all of its characters escaped, and a caller's value may be of any length.</summary>
    private static string Short(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= 80 ? reader.GetString()! : "";
}
