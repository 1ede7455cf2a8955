using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Tollgate.Admission;
using Tollgate.Admission.Loops;
using Tollgate.Catalogue;
using Tollgate.Intake;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Configuration;

/// <summary>The rules of <c>gateway.json</c>. Each problem is one sentence: setting, value, what is allowed.</summary>
internal sealed partial class ConfigValidator
{
    public static readonly string[] Kinds = ["openai", "azure-openai", "anthropic", "gemini", "vertex"];

    private const string NameRule = "letters, digits and . _ : / - are allowed, 1 to 128 of them";

    private static readonly SearchValues<char> VariableLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly List<string> problems = [];
    private readonly GatewayConfig config;

    private ConfigValidator(GatewayConfig config) => this.config = config;

    public static IReadOnlyList<string> Check(GatewayConfig config)
    {
        var validator = new ConfigValidator(config);
        validator.CheckRoot();
        return validator.problems;
    }

    /// <summary>The rules of a tenant's limits alone, for those that are written elsewhere.</summary>
    public static IReadOnlyList<string> Check(List<LimitConfig> limits, string at)
    {
        var validator = new ConfigValidator(new GatewayConfig());
        validator.CheckLimits(limits, at);
        return validator.problems;
    }

    /// <summary>The rules of a tenant's loops alone, for those that are written elsewhere.</summary>
    public static IReadOnlyList<string> Check(LoopConfig? loops, string at)
    {
        var validator = new ConfigValidator(new GatewayConfig());
        validator.CheckLoops(loops, at);
        return validator.problems;
    }

    /// <summary>Names travel in headers, log lines and table keys.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '/' or '-');

    private void CheckRoot()
    {
        Known(config, "", ConfigJson.Default.GatewayConfig);
        Within(config.MaxRequestBytes, 1024, 1L << 30, "maxRequestBytes");
        CheckRetention(config.Retention);
        Each(config.Providers, "providers", CheckProvider);
        Each(config.Deployments, "deployments", CheckDeployment);
        Each(config.Models, "models", CheckModel);
        Each(config.Tenants, "tenants", CheckTenant);
        if (config.Alerts is { } alerts)
        {
            CheckAlerts(alerts);
        }
        if (config.Admin is { } admin)
        {
            CheckAdmin(admin);
        }
        if (config.Models is { Count: 0 })
        {
            problems.Add("'models' is empty; at least one model with one tier of targets is needed.");
        }
    }

    private void CheckRetention(RetentionConfig? retention)
    {
        if (retention is null)
        {
            return;
        }
        Known(retention, "retention", ConfigJson.Default.RetentionConfig);
        Within(retention.UsageDays, 31, 36_500, "retention.usageDays", needed: true);
        Within(retention.DailyMonths, 2, 1_200, "retention.dailyMonths");

        // Sums that went before their rows would be made again.
        if (retention is { UsageDays: { } days, DailyMonths: { } months } && (months - 1) * 28 < days)
        {
            problems.Add($"'retention.dailyMonths' is {months}, which may be less than the {days} days of 'retention.usageDays'; it must be at least {((days + 27) / 28) + 1}.");
        }
    }

    private void CheckProvider(ProviderConfig provider, string at)
    {
        Known(provider, at, ConfigJson.Default.ProviderConfig);
        OneOf(provider.Kind, Kinds, $"{at}.kind");
        if (provider.Endpoint is not null || provider.Kind is "openai" or "azure-openai")
        {
            CheckEndpoint(provider.Endpoint, $"{at}.endpoint");
        }
        if (provider.Kind == "vertex")
        {
            Needed(provider.Project, $"{at}.project", "the Google Cloud project");
            Needed(provider.Location, $"{at}.location", "a location such as us-east5 or global");
        }
        Printable(provider.Location, $"{at}.location");
        foreach (var credential in provider.Credential ?? [])
        {
            CredentialReference(credential, $"{at}.credential");
        }
        if (provider.Credential is { Count: 0 } || (provider.Credential is null && provider.Kind is "anthropic" or "gemini"))
        {
            problems.Add($"'{at}.credential' is {(provider.Credential is null ? "missing" : "empty")}; it must be env:NAME, kv:NAME or a list of such.");
        }
    }

    private void CheckEndpoint(string? endpoint, string at)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            problems.Add($"'{at}' is {Quoted(endpoint)}; it must be an absolute http(s) URL without credentials, query or fragment.");
        }
        else if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            problems.Add($"'{at}' is {Quoted(endpoint)}; it must be https, for anything but a loopback address.");
        }
    }

    private void CheckDeployment(DeploymentConfig deployment, string at)
    {
        Known(deployment, at, ConfigJson.Default.DeploymentConfig);
        Refers(deployment.Provider, config.Providers.Keys, $"{at}.provider", "providers");
        Needed(deployment.Model, $"{at}.model", "the model's id at the provider");
        Printable(deployment.Region, $"{at}.region");
        Within(deployment.ContextWindow, 1, 100_000_000, $"{at}.contextWindow");
        Within(deployment.MaxOutput, 1, 10_000_000, $"{at}.maxOutput");
        foreach (var capability in deployment.Capabilities ?? [])
        {
            OneOf(capability, CapabilityWords.All, $"{at}.capabilities");
        }
        CheckPrices(deployment, at);
        if (deployment.ServiceTier is not null)
        {
            OneOf(deployment.ServiceTier, ["default", "priority"], $"{at}.serviceTier");
        }
        if (deployment.Timeouts is { } timeouts)
        {
            Known(timeouts, $"{at}.timeouts", ConfigJson.Default.TimeoutsConfig);
            Within(timeouts.ConnectMs, 1, 60_000, $"{at}.timeouts.connectMs");
            Within(timeouts.FirstTokenMs, 1, 3_600_000, $"{at}.timeouts.firstTokenMs");
            Within(timeouts.IdleMs, 1, 3_600_000, $"{at}.timeouts.idleMs");
            Within(timeouts.TotalMs, 1, 3_600_000, $"{at}.timeouts.totalMs");
        }
    }

    private void CheckModel(ModelConfig model, string at)
    {
        Known(model, at, ConfigJson.Default.ModelConfig);
        if (model.Tiers is not { Count: > 0 })
        {
            problems.Add($"'{at}.tiers' is missing; it must be a list of tiers, each with 'targets'.");
            return;
        }
        for (var i = 0; i < model.Tiers.Count; i++)
        {
            if (model.Tiers[i] is not { } tier)
            {
                problems.Add($"'{at}.tiers[{i}]' is null; it must be an object.");
                continue;
            }
            Known(tier, $"{at}.tiers[{i}]", ConfigJson.Default.TierConfig);
            if (tier.Strategy is not null)
            {
                OneOf(tier.Strategy, Strategies.Words, $"{at}.tiers[{i}].strategy");
            }
            CheckWeights(tier, $"{at}.tiers[{i}].weights");
            if (tier.Targets is not { Count: > 0 })
            {
                problems.Add($"'{at}.tiers[{i}].targets' is missing; it must be a list of deployment names.");
            }
            foreach (var target in tier.Targets ?? [])
            {
                Refers(target, config.Deployments.Keys, $"{at}.tiers[{i}].targets", "deployments");
            }
        }
    }

    private void CheckWeights(TierConfig tier, string at)
    {
        if (tier.Weights is not null && tier.Strategy != Strategies.Words[(int)Strategy.Weighted])
        {
            problems.Add($"'{at}' goes with the strategy 'weighted' only; that of the tier is {Quoted(tier.Strategy ?? Strategies.Words[0])}.");
        }
        foreach (var (target, weight) in tier.Weights ?? [])
        {
            Refers(target, tier.Targets, at, "its 'targets'");
            Within(weight, 1, 1_000, $"{at}.{Cut(target)}");
        }
    }

    private void CheckTenant(TenantConfig tenant, string at)
    {
        Known(tenant, at, ConfigJson.Default.TenantConfig);
        foreach (var (name, reference) in tenant.Keys ?? [])
        {
            KeyReference(reference, $"{at}.keys.{name}");
        }
        foreach (var reader in tenant.UsageReaders ?? [])
        {
            Refers(reader, tenant.Keys?.Keys, $"{at}.usageReaders", "its 'keys'");
        }
        CheckLimits(tenant.Limits ?? [], $"{at}.limits");
        CheckZone(tenant.TimeZone, $"{at}.timeZone");
        if (tenant.OnBudgetOutage is not null)
        {
            OneOf(tenant.OnBudgetOutage, OutagePolicies.Words, $"{at}.onBudgetOutage");
        }
        if (tenant.OnLedgerOutage is not null)
        {
            OneOf(tenant.OnLedgerOutage, OutagePolicies.Words, $"{at}.onLedgerOutage");
        }
        CheckLoops(tenant.Loops, $"{at}.loops");
        foreach (var model in tenant.Models ?? [])
        {
            Refers(model, config.Models.Keys, $"{at}.models", "models");
        }
        foreach (var deployment in tenant.Deployments ?? [])
        {
            Refers(deployment, config.Deployments.Keys, $"{at}.deployments", "deployments");
        }
        Within(tenant.TimeoutMs, 1, CallTimeout.MostMs, $"{at}.timeoutMs");
        if (tenant.OnContentFilter is not null)
        {
            OneOf(tenant.OnContentFilter, ContentFilterPolicies.Words, $"{at}.onContentFilter");
        }
        foreach (var region in tenant.Regions ?? [])
        {
            Refers(region, config.Deployments.Values.Select(deployment => deployment?.Region ?? ""), $"{at}.regions", "the deployments' regions");
        }
    }

    /// <summary>A webhook's address is not repeated: many hold a secret.</summary>
    private void CheckAlerts(AlertsConfig alerts)
    {
        Known(alerts, "alerts", ConfigJson.Default.AlertsConfig);
        if (!Uri.TryCreate(alerts.Webhook, UriKind.Absolute, out var uri) || !(uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)) || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            problems.Add($"'alerts.webhook' is {(alerts.Webhook is null ? "missing" : "not usable")}; it must be an absolute https URL without credentials or fragment, or http on a loopback address.");
        }
        if (alerts.Secret is not null)
        {
            CredentialReference(alerts.Secret, "alerts.secret");
        }
    }

    private void CheckLoops(LoopConfig? loops, string at)
    {
        if (loops is null)
        {
            return;
        }
        Known(loops, at, ConfigJson.Default.LoopConfig);
        Within(loops.SlowAfter, LoopLimits.Least, LoopLimits.Most, $"{at}.slowAfter");
        Within(loops.RefuseAfter, LoopLimits.Least, LoopLimits.Most, $"{at}.refuseAfter");
        var limits = loops.ToLimits();
        if (limits.RefuseAfter <= limits.SlowAfter)
        {
            problems.Add($"'{at}.refuseAfter' is {limits.RefuseAfter} and '{at}.slowAfter' {limits.SlowAfter}; calls are slowed before they are refused, so that it must be more.");
        }
    }

    /// <summary>As for keys, a secret written in place of its reference is not repeated.</summary>
    private void CheckAdmin(AdminConfig admin)
    {
        Known(admin, "admin", ConfigJson.Default.AdminConfig);
        if (admin.Secret?.StartsWith("sha256:", StringComparison.Ordinal) != true)
        {
            CredentialReference(admin.Secret, "admin.secret");
        }
        else if (!IsBehind("sha256:", admin.Secret, hex => hex.Length == 64 && hex.All(char.IsAsciiHexDigit)))
        {
            problems.Add("'admin.secret' is not a SHA-256 hash; it must be sha256: and 64 hexadecimal digits.");
        }
    }

    private void CheckZone(string? zone, string at)
    {
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            problems.Add($"'{at}' is {Quoted(zone)}; it must be the IANA name of a time zone, such as Europe/Berlin.");
        }
    }

    private void CheckLimits(List<LimitConfig> limits, string at)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i] is not { } limit)
            {
                problems.Add($"'{at}[{i}]' is null; it must be an object.");
                continue;
            }
            Known(limit, $"{at}[{i}]", ConfigJson.Default.LimitConfig);
            OneOf(limit.Unit, Limit.Units, $"{at}[{i}].unit");
            if (limit.Unit != "concurrency")
            {
                OneOf(limit.Window, Limit.Windows, $"{at}[{i}].window");
            }
            else if (limit.Window is not null)
            {
                problems.Add($"'{at}[{i}].window' is {Quoted(limit.Window)}; a limit of concurrency has no window.");
            }
            if (limit.Scope is not null)
            {
                OneOf(limit.Scope, Limit.Scopes, $"{at}[{i}].scope");
            }
            Within(limit.Amount, 0, long.MaxValue / 1024, $"{at}[{i}].amount", needed: true);
        }
    }

    private void Each<T>(Dictionary<string, T> nodes, string at, Action<T, string> check)
    {
        foreach (var (name, node) in nodes)
        {
            if (!IsName(name))
            {
                problems.Add($"'{at}.{Cut(name)}' is not a usable name; {NameRule}.");
            }
            if (node is null)
            {
                problems.Add($"'{at}.{Cut(name)}' is null; it must be an object.");
                continue;
            }
            check(node, $"{at}.{name}");
        }
    }

    private void Known(ConfigNode node, string at, JsonTypeInfo type)
    {
        foreach (var name in node.Unknown?.Keys ?? Enumerable.Empty<string>())
        {
            var allowed = type.Properties.Where(property => !property.IsExtensionData).Select(property => property.Name);
            problems.Add($"'{(at.Length > 0 ? at + "." : "")}{Cut(name)}' is not a setting of this version; allowed here: {string.Join(", ", allowed)}.");
        }
    }

    private void OneOf(string? value, IReadOnlyCollection<string> allowed, string at)
    {
        if (value is null || !allowed.Contains(value))
        {
            problems.Add($"'{at}' is {Quoted(value)}; it must be one of {string.Join(", ", allowed)}.");
        }
    }

    private void Refers(string? value, IEnumerable<string>? names, string at, string where)
    {
        if (value is null || names?.Contains(value) != true)
        {
            problems.Add($"'{at}' is {Quoted(value)}; {where} has {string.Join(", ", (names ?? []).Distinct().Take(12))}.");
        }
    }

    private void Needed(string? value, string at, string what)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            problems.Add($"'{at}' is missing; it must be {what}.");
        }
    }

    private void Within(long? value, long least, long most, string at, bool needed = false)
    {
        if (value < least || value > most || (needed && value is null))
        {
            problems.Add($"'{at}' is {(value is null ? "missing" : value)}; it must be from {least} to {most}.");
        }
    }

    /// <summary>Regions travel in headers.</summary>
    private void Printable(string? value, string at)
    {
        if (value is not null && (value.Length is 0 or > 128 || value.Any(c => c is < ' ' or > '~')))
        {
            problems.Add($"'{at}' is {Quoted(value)}; it must be 1 to 128 characters of printable ASCII.");
        }
    }

    /// <summary>The value itself is not repeated: a secret written in place of its name would end up on a screen.</summary>
    private void CredentialReference(string? value, string at)
    {
        if (!IsBehind("env:", value, IsVariable) && !IsBehind("kv:", value, IsVaultName))
        {
            problems.Add($"'{at}' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens.");
        }
    }

    private void KeyReference(string? value, string at)
    {
        if (!IsBehind("env:", value, IsVariable) && !IsBehind("sha256:", value, IsVariable))
        {
            var what = value?.StartsWith("kv:", StringComparison.Ordinal) == true ? "names a Key Vault secret, where only providers' credentials are kept" : "is not a reference";
            problems.Add($"'{at}' {what}; it must be env:NAME or sha256:HEX.");
        }
    }

    private static bool IsBehind(string scheme, string? value, Func<string, bool> isName) => value?.StartsWith(scheme, StringComparison.Ordinal) == true && isName(value[scheme.Length..]);

    /// <summary>A key pasted behind <c>env:</c> is no name of a variable.</summary>
    private static bool IsVariable(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(VariableLetters);

    /// <summary>Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates.</summary>
    private static bool IsVaultName(string name) => name.Length is > 0 and <= 127 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string Quoted(string? value) => value is null ? "missing" : $"'{Cut(value)}'";

    private static string Cut(string value) => value.Length <= 80 ? value : value[..80] + "…";
}
