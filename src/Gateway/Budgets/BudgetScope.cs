using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>Who is charged, and the limits that hold for them: a tenant, one of its keys, one of its end users.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Id">E.g. <c>tenant:acme</c>, <c>key:acme|app</c>, <c>user:acme|</c> and 32 hexadecimal digits.</param>
/// <param name="Terms">Its limits.</param>
/// <param name="Zone">Whose days and months count.</param>
internal sealed record BudgetScope(LimitScope Kind, string Id, ScopeTerms Terms, TimeZoneInfo Zone)
{
    /// <summary>The window of a limit that <paramref name="now"/> is in.</summary>
    public BudgetWindow WindowOf(LimitKey limit, DateTimeOffset now) => limit.Window.At(now, Zone);

    /// <summary>Of which tenant a scope is.</summary>
    /// <param name="id">The scope's id.</param>
    public static string TenantOf(string id)
    {
        var named = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var parts = named.LastIndexOf('|');
        return parts < 0 ? named : named[..parts];
    }

    /// <summary>The scope of a kind, or none where the tenant has no limit of that kind. Of two limits alike the lower counts.</summary>
    /// <param name="kind">Which limits.</param>
    /// <param name="id">Whose.</param>
    /// <param name="limits">The tenant's limits of all kinds.</param>
    /// <param name="version">Of the limits.</param>
    /// <param name="zone">The tenant's time zone.</param>
    public static BudgetScope? Of(LimitScope kind, string id, IEnumerable<Limit> limits, long version, TimeZoneInfo zone)
    {
        var amounts = limits.Where(limit => limit.Scope == kind)
            .GroupBy(limit => new LimitKey(limit.Unit, limit.Window), limit => limit.Amount)
            .ToDictionary(group => group.Key, group => group.Min());
        return amounts.Count == 0 ? null : new BudgetScope(kind, id, new ScopeTerms(version, amounts), zone);
    }
}
