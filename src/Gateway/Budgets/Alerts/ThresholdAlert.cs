using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Admission;

namespace Tollgate.Budgets.Alerts;

/// <summary>One event: whose limit has reached what.</summary>
/// <param name="Scope">The scope's id.</param>
/// <param name="Crossing">What was reached.</param>
/// <param name="At">When it became known.</param>
internal sealed record ThresholdAlert(string Scope, ThresholdCrossing Crossing, DateTimeOffset At)
{
    /// <summary>Who shares the limit: <c>tenant</c>, <c>key</c> or <c>user</c>.</summary>
    public string Kind => Scope[..Scope.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The webhook's body, UTF-8.</summary>
    public byte[] Body()
    {
        var (limit, window, percent, spent, amount) = Crossing;
        var (kind, name) = (Kind, Scope[(Scope.LastIndexOf('|') + 1)..]);
        return JsonSerializer.SerializeToUtf8Bytes(
            new AlertBody(
                Id(),
                "budget.threshold",
                At,
                BudgetScope.TenantOf(Scope),
                kind,
                kind == "key" ? name : null,
                kind == "user" ? name : null,
                percent,
                Limit.Units[(int)limit.Unit],
                Limit.Windows[(int)limit.Window],
                spent,
                amount,
                window.End == DateTimeOffset.MaxValue ? null : window.End),
            AlertJson.Default.AlertBody);
    }

    /// <summary>The same whenever the same is told: an entity's operation may be run again from the state before it.</summary>
    private string Id()
    {
        var (limit, window, percent, _, amount) = Crossing;
        var words = string.Create(CultureInfo.InvariantCulture, $"{Scope}\n{limit.Unit}\n{limit.Window}\n{window.Start.ToUnixTimeMilliseconds()}\n{percent}\n{amount}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 16));
    }
}

/// <summary>What a webhook is sent; docs/configuration.md says what each means.</summary>
internal sealed record AlertBody(
    string Id, string Type, DateTimeOffset Time, string Tenant, string Scope, string? Key, string? UserHash, int Percent, string Unit, string Window, long Spent, long Amount, DateTimeOffset? ResetsAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertBody))]
internal sealed partial class AlertJson : JsonSerializerContext;
