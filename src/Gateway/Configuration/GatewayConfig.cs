using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Admission;
using Tollgate.Admission.Loops;
using Tollgate.Conversation;

namespace Tollgate.Configuration;

/// <summary><c>gateway.json</c> as written. <see cref="ConfigReader"/> reads it, <see cref="ConfigValidator"/> checks it.</summary>
internal sealed class GatewayConfig : ConfigNode
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    public Dictionary<string, ProviderConfig> Providers { get; set; } = [];

    public Dictionary<string, DeploymentConfig> Deployments { get; set; } = [];

    public Dictionary<string, ModelConfig> Models { get; set; } = [];

    public Dictionary<string, TenantConfig> Tenants { get; set; } = [];

    public AlertsConfig? Alerts { get; set; }

    public AdminConfig? Admin { get; set; }

    /// <summary>Where LocalHost keeps its usage file.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Longest request body in bytes, 1 KiB to 1 GiB. Default 32 MiB.</summary>
    public long? MaxRequestBytes { get; set; }

    /// <summary>How long usage is kept; absent: for good.</summary>
    public RetentionConfig? Retention { get; set; }
}

/// <summary>Settings that a node does not know are kept, so that the validator can name them.</summary>
internal abstract class ConfigNode
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed class ProviderConfig : ConfigNode
{
    public string? Kind { get; set; }

    public string? Endpoint { get; set; }

    /// <summary><c>kv:NAME</c> or <c>env:NAME</c>, one or a list.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public List<string>? Credential { get; set; }

    public string? ApiVersion { get; set; }

    public string? Project { get; set; }

    public string? Location { get; set; }
}

internal sealed class DeploymentConfig : ConfigNode
{
    public string? Provider { get; set; }

    public string? Model { get; set; }

    public string? Region { get; set; }

    public int? ContextWindow { get; set; }

    public int? MaxOutput { get; set; }

    public List<string>? Capabilities { get; set; }

    public bool? AcceptsPrefill { get; set; }

    /// <summary>Replaces the catalogue's prices as a whole.</summary>
    public PriceConfig? Price { get; set; }

    /// <summary>In place of <see cref="Price"/>, prices with the days from which on they are in force.</summary>
    public List<PriceConfig>? Prices { get; set; }

    /// <summary><c>default</c> or <c>priority</c>: what the provider makes of a call that leaves its tier to it. Absent: not known.</summary>
    public string? ServiceTier { get; set; }

    public TimeoutsConfig? Timeouts { get; set; }
}

internal sealed class RetentionConfig : ConfigNode
{
    /// <summary>Days that calls' rows are kept, today included, 31 to 36500.</summary>
    public int? UsageDays { get; set; }

    /// <summary>Months that daily sums are kept, the current included, 2 to 1200: longer than calls' rows. Absent: for good.</summary>
    public int? DailyMonths { get; set; }
}

/// <summary>Milliseconds.</summary>
internal sealed class TimeoutsConfig : ConfigNode
{
    public int? ConnectMs { get; set; }

    public int? FirstTokenMs { get; set; }

    public int? IdleMs { get; set; }

    public int? TotalMs { get; set; }
}

internal sealed class ModelConfig : ConfigNode
{
    public List<TierConfig>? Tiers { get; set; }
}

internal sealed class TierConfig : ConfigNode
{
    /// <summary><c>priority</c> (default), <c>weighted</c>, <c>lowest-latency</c>, <c>lowest-cost</c> or <c>most-available</c>.</summary>
    public string? Strategy { get; set; }

    public List<string>? Targets { get; set; }

    /// <summary>For <c>weighted</c>: parts of the calls by target, 1 to 1000; 1 for those that are not named.</summary>
    public Dictionary<string, int>? Weights { get; set; }
}

internal sealed class TenantConfig : ConfigNode
{
    /// <summary>Key name to where its secret is: <c>env:NAME</c>, or <c>sha256:HEX</c> of it.</summary>
    public Dictionary<string, string>? Keys { get; set; }

    /// <summary>Names of those keys that may read what the whole tenant used; the others read what they used themselves.</summary>
    public List<string>? UsageReaders { get; set; }

    public List<LimitConfig>? Limits { get; set; }

    /// <summary>IANA name of the zone whose days and months the limits count by. Default UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary><c>refuse</c> (default) or <c>allow</c>: what becomes of its calls while its budgets cannot be looked up.</summary>
    public string? OnBudgetOutage { get; set; }

    /// <summary><c>refuse</c> (default) or <c>allow</c>: what becomes of its calls while their rows cannot be written.</summary>
    public string? OnLedgerOutage { get; set; }

    /// <summary>Absent: its calls are not looked at for loops.</summary>
    public LoopConfig? Loops { get; set; }

    /// <summary>Models the tenant may use; absent: all.</summary>
    public List<string>? Models { get; set; }

    /// <summary>Regions its calls may go to; absent: all.</summary>
    public List<string>? Regions { get; set; }

    /// <summary>Deployments its calls may go to; absent: all.</summary>
    public List<string>? Deployments { get; set; }

    /// <summary>Milliseconds that a call may take in all, 1 to 3600000, unless the caller says so. Absent: as long as its attempts may.</summary>
    public int? TimeoutMs { get; set; }

    /// <summary><c>pass</c> (default) or <c>otherProvider</c>: what becomes of a call that a provider's content filter refuses.</summary>
    public string? OnContentFilter { get; set; }

    /// <summary>True turns every dropped parameter into a 400.</summary>
    public bool? Strict { get; set; }
}

/// <summary>Who is told that a limit's window has reached 50, 80 or 100 percent of its amount.</summary>
/// <summary>How often a key may send the same prompt within a minute.</summary>
internal sealed class LoopConfig : ConfigNode
{
    /// <summary>Further ones have to wait. 2 to 100,000; default 20.</summary>
    public int? SlowAfter { get; set; }

    /// <summary>Further ones are refused. More than <see cref="SlowAfter"/>, up to 100,000; default 60.</summary>
    public int? RefuseAfter { get; set; }

    /// <summary>What is checked, with the defaults.</summary>
    public LoopLimits ToLimits() => new(SlowAfter ?? LoopLimits.DefaultSlowAfter, RefuseAfter ?? LoopLimits.DefaultRefuseAfter);
}

internal sealed class AlertsConfig : ConfigNode
{
    /// <summary>Where events are posted. May hold a secret.</summary>
    public string? Webhook { get; set; }

    /// <summary><c>kv:NAME</c> or <c>env:NAME</c> of the key that signs them; absent: they are not signed.</summary>
    public string? Secret { get; set; }
}

/// <summary>How the operator is known to the gateway.</summary>
internal sealed class AdminConfig : ConfigNode
{
    /// <summary>Where the secret is that opens the addresses under <c>/v1/admin</c>: <c>env:NAME</c>, <c>kv:NAME</c>, or <c>sha256:HEX</c> of it.</summary>
    public string? Secret { get; set; }
}

internal sealed class LimitConfig : ConfigNode
{
    public string? Unit { get; set; }

    public string? Window { get; set; }

    public long? Amount { get; set; }

    /// <summary><c>tenant</c> (default), <c>key</c>: each key by itself, or <c>user</c>: each end user by itself.</summary>
    public string? Scope { get; set; }

    /// <summary>As the budgets know it, once it is checked.</summary>
    public Limit ToLimit() => new(
        (LimitUnit)Array.IndexOf(Limit.Units, Unit!),
        Window is null ? LimitWindow.Total : (LimitWindow)Array.IndexOf(Limit.Windows, Window),
        Amount!.Value)
    {
        Scope = (LimitScope)Array.IndexOf(Limit.Scopes, Scope ?? "tenant"),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GatewayConfig))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(List<LimitConfig>))]
[JsonSerializable(typeof(LoopConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;
