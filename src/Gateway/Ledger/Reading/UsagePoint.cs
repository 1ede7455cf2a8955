using System.Globalization;

namespace Tollgate.Ledger.Reading;

/// <summary>Where a part of the usage belongs. What is not asked for may be absent.</summary>
internal readonly record struct UsagePoint(string Tenant, string? Model, string? Key, string? User, DateOnly? Day)
{
    /// <summary>The value of a dimension as text; a day as <c>2026-11-23</c>, which sorts by time.</summary>
    public string? this[UsageDimension dimension] => dimension switch
    {
        UsageDimension.Tenant => Tenant,
        UsageDimension.Model => Model,
        UsageDimension.Key => Key,
        UsageDimension.User => User,
        _ => Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
