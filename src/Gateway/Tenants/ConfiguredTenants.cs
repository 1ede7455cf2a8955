using Tollgate.Admission;
using Tollgate.Configuration;
using Tollgate.Secrets;

namespace Tollgate.Tenants;

/// <summary>The tenants of <c>gateway.json</c>. Their secrets are hashed while it is read and not kept.</summary>
internal sealed class ConfiguredTenants : ITenantDirectory
{
    private readonly Dictionary<long, List<(KeyHash Hash, Caller Caller)>> callers = [];

    /// <param name="config">Checked.</param>
    /// <param name="secrets">Where the keys are.</param>
    /// <param name="version">Of the configuration; ascends with each change, so that those who share budgets know the newest limits.</param>
    /// <exception cref="ConfigurationException">A key's secret is missing, too short, or given twice.</exception>
    public ConfiguredTenants(GatewayConfig config, EnvironmentCredentials secrets, long version = 0)
    {
        var problems = new List<string>();
        foreach (var (id, settings) in config.Tenants)
        {
            var tenant = Build(id, settings, version);
            foreach (var (key, reference) in settings.Keys ?? [])
            {
                if (Add(reference, secrets, new Caller(tenant, key) { ReadsTenant = settings.UsageReaders?.Contains(key) == true }) is { } problem)
                {
                    problems.Add($"'tenants.{id}.keys.{key}' {problem}");
                }
            }
        }
        if (problems.Count > 0)
        {
            throw new ConfigurationException("gateway.json", problems);
        }
    }

    public ValueTask<Caller?> FindAsync(KeyHash key, CancellationToken cancellationToken) => ValueTask.FromResult(Find(key));

    private Caller? Find(KeyHash key)
    {
        Caller? found = null;
        foreach (var (hash, caller) in callers.GetValueOrDefault(key.Prefix) ?? [])
        {
            found = hash.Matches(key) ? caller : found;
        }
        return found;
    }

    private string? Add(string reference, EnvironmentCredentials secrets, Caller caller)
    {
        KeyHash hash;
        if (reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            try
            {
                hash = KeyHash.FromHex(reference["sha256:".Length..]);
            }
            catch (FormatException)
            {
                return "is not a SHA-256 hash; it must be sha256: and 64 hexadecimal digits.";
            }
        }
        else if (secrets.Find(reference).Value is not { } secret)
        {
            return $"names {reference}, which is not set in the environment.";
        }
        else if (secret.Length is < 16 or > KeyHash.MaxKeyLength)
        {
            return $"names {reference}, which holds {secret.Length} characters; a key has 16 to {KeyHash.MaxKeyLength}.";
        }
        else
        {
            hash = KeyHash.Of(secret);
        }
        if (Find(hash) is { } other)
        {
            return $"is the same key as '{other.Key}' of tenant '{other.Tenant.Id}'.";
        }
        if (!callers.TryGetValue(hash.Prefix, out var sharing))
        {
            callers.Add(hash.Prefix, sharing = []);
        }
        sharing.Add((hash, caller));
        return null;
    }

    private static Tenant Build(string id, TenantConfig settings, long version) => new(id)
    {
        Limits = [.. (settings.Limits ?? []).Select(limit => limit.ToLimit())],
        Version = version,
        Zone = settings.TimeZone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc,
        OnBudgetOutage = OutagePolicies.Of(settings.OnBudgetOutage),
        OnLedgerOutage = OutagePolicies.Of(settings.OnLedgerOutage),
        Loops = settings.Loops?.ToLimits(),
        Models = settings.Models?.ToHashSet(StringComparer.Ordinal),
        Regions = settings.Regions?.ToHashSet(StringComparer.Ordinal),
        Deployments = settings.Deployments?.ToHashSet(StringComparer.Ordinal),
        Timeout = settings.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        FiltersElsewhere = ContentFilterPolicies.IsElsewhere(settings.OnContentFilter),
        Strict = settings.Strict ?? false,
    };
}
