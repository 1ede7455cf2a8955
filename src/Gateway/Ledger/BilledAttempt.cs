using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Conversation;

namespace Tollgate.Ledger;

/// <summary>What an upstream may bill for an attempt that brought no answer.</summary>
/// <param name="Deployment">The deployment it went to.</param>
/// <param name="Usage">Tokens.</param>
/// <param name="MicroUsd">Micro-USD at the deployment's price, not rounded.</param>
/// <param name="PriceVersion">Of that price; null where the deployment has none.</param>
internal sealed record BilledAttempt(string Deployment, TokenUsage Usage, decimal MicroUsd, string? PriceVersion);

/// <summary>Such attempts of one call, as column <c>Earlier</c> holds them.</summary>
internal static class BilledAttempts
{
    public static TokenUsage Usage(this IReadOnlyList<BilledAttempt> attempts) => attempts.Aggregate(default(TokenUsage), (sum, attempt) => sum + attempt.Usage);

    public static decimal MicroUsd(this IReadOnlyList<BilledAttempt> attempts) => attempts.Sum(attempt => attempt.MicroUsd);

    /// <summary>Every price version that a call was rated with, with spaces between them; null where none of it has a price.</summary>
    /// <param name="answer">That of its answer; null without one.</param>
    /// <param name="attempts">The attempts before.</param>
    public static string? Versions(string? answer, IReadOnlyList<BilledAttempt> attempts) => attempts.Count == 0
        ? answer
        : string.Join(' ', attempts.Select(attempt => attempt.PriceVersion).Prepend(answer).OfType<string>().Distinct(StringComparer.Ordinal)) is { Length: > 0 } versions ? versions : null;

    /// <summary>A JSON array; null for none.</summary>
    public static string? Write(IReadOnlyList<BilledAttempt> attempts) => attempts.Count == 0 ? null : JsonSerializer.Serialize(attempts, BilledAttemptJson.Default.IReadOnlyListBilledAttempt);

    /// <exception cref="JsonException">Not what <see cref="Write"/> wrote.</exception>
    public static IReadOnlyList<BilledAttempt> Read(string? column) =>
        string.IsNullOrEmpty(column) ? [] : JsonSerializer.Deserialize(column, BilledAttemptJson.Default.IReadOnlyListBilledAttempt) ?? [];
}

/// <summary>What is 0 is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<BilledAttempt>))]
internal sealed partial class BilledAttemptJson : JsonSerializerContext;
