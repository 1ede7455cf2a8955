using System.Security.Cryptography;
using System.Text;
using Tollgate.Admission;
using Tollgate.Admission.Loops;
using Tollgate.Budgets;

namespace Tollgate.Tenants;

/// <summary>Who is billed. Immutable.</summary>
internal sealed record Tenant(string Id)
{
    public IReadOnlyList<Limit> Limits { get; init; } = [];

    /// <summary>Ascends with each change of <see cref="Limits"/>.</summary>
    public long Version { get; init; }

    /// <summary>Whose days and months its limits count by.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>What becomes of its calls while its budgets cannot be looked up.</summary>
    public OutagePolicy OnBudgetOutage { get; init; }

    /// <summary>What becomes of its calls while their rows cannot be written.</summary>
    public OutagePolicy OnLedgerOutage { get; init; }

    /// <summary>Null: its calls are not looked at for loops.</summary>
    public LoopLimits? Loops { get; init; }

    /// <summary>Models it may use; null: all.</summary>
    public IReadOnlySet<string>? Models { get; init; }

    /// <summary>Regions its calls may go to; null: all. Binds failover too.</summary>
    public IReadOnlySet<string>? Regions { get; init; }

    /// <summary>Deployments its calls may go to; null: all. Binds failover too.</summary>
    public IReadOnlySet<string>? Deployments { get; init; }

    /// <summary>How long a call may take in all, unless the caller says so; null: as long as its attempts may.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A call that a provider's content filter refuses is tried at another provider.</summary>
    public bool FiltersElsewhere { get; init; }

    /// <summary>Every dropped parameter is a 400.</summary>
    public bool Strict { get; init; }

    public bool MayUse(string model) => Models?.Contains(model) != false;

    public bool MayAsk(string deployment) => Deployments?.Contains(deployment) != false;

    public bool MayReach(string region) => Regions?.Contains(region) != false;
}

/// <summary>Whose call it is.</summary>
/// <param name="Tenant">Who pays.</param>
/// <param name="Key">The name of the key, never its secret.</param>
internal sealed record Caller(Tenant Tenant, string Key)
{
    private readonly BudgetScope? users = BudgetScope.Of(LimitScope.User, $"user:{Tenant.Id}|", Tenant.Limits, Tenant.Version, Tenant.Zone);

    /// <summary>The key may read what the whole tenant used.</summary>
    public bool ReadsTenant { get; init; }

    /// <summary>Its tenant has limits for each end user.</summary>
    public bool LimitsUsers => users is not null;

    /// <summary>The budgets its calls are charged to, whoever the end user is: the tenant's, the key's.</summary>
    public IReadOnlyList<BudgetScope> Scopes { get; } = new[]
    {
        BudgetScope.Of(LimitScope.Tenant, $"tenant:{Tenant.Id}", Tenant.Limits, Tenant.Version, Tenant.Zone),
        BudgetScope.Of(LimitScope.Key, $"key:{Tenant.Id}|{Key}", Tenant.Limits, Tenant.Version, Tenant.Zone),
    }.OfType<BudgetScope>().ToArray();

    /// <summary>The budgets of a call for an end user.</summary>
    /// <param name="user">Empty for a call without one: all of these share a budget, so that leaving the user out gets nobody around a limit.</param>
    public IReadOnlyList<BudgetScope> ScopesWith(string user) => users is null ? Scopes : [.. Scopes, users with { Id = users.Id + HashOf(user) }];

    /// <summary>Stands for the user in storage: of one length, of letters that any key may hold, and without telling who it is.</summary>
    private string HashOf(string user)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // Neither a tenant's id nor a user holds a control character.
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Tenant.Id}\0{user}"), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
