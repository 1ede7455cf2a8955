using Azure.Data.Tables;
using Tollgate.Admission;
using Tollgate.Configuration;
using Tollgate.Intake;
using Tollgate.Tables;

namespace Tollgate.Tenants;

/// <summary>A row of table <c>Tenants</c>: PartitionKey is the tenant's id, RowKey <see cref="RowKey"/>.</summary>
internal static class TableTenant
{
    public const string Table = "Tenants";

    public const string RowKey = "tenant";

    /// <summary>Stands for a row that cannot be understood.</summary>
    public static readonly Tenant Unusable = new("");

    /// <summary>The tenant; null when it is disabled; <see cref="Unusable"/> with the reasons.</summary>
    public static Tenant? Read(TableEntity row, out IReadOnlyList<string> problems)
    {
        var columns = new RowReader(row);
        var limits = columns.List("Limits", ConfigJson.Default.ListLimitConfig) ?? [];
        var wrong = ConfigValidator.Check(limits, "Limits");
        columns.Wrong(wrong);
        var zone = TimeZoneInfo.Utc;
        if (columns.Text("TimeZone") is { } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!))
        {
            columns.Wrong("TimeZone", "must be the IANA name of a time zone, such as Europe/Berlin.");
        }
        var loops = columns.Object("Loops", ConfigJson.Default.LoopConfig);
        var wrongLoops = ConfigValidator.Check(loops, "Loops");
        columns.Wrong(wrongLoops);
        var tenant = new Tenant(row.PartitionKey)
        {
            Limits = wrong.Count == 0 ? [.. limits.Select(limit => limit.ToLimit())] : [],
            Version = row.Timestamp?.UtcTicks ?? 0,
            Zone = zone ?? TimeZoneInfo.Utc,
            OnBudgetOutage = Policy(columns, "OnBudgetOutage"),
            OnLedgerOutage = Policy(columns, "OnLedgerOutage"),
            Loops = wrongLoops.Count == 0 ? loops?.ToLimits() : null,
            Models = columns.List("Models", ConfigJson.Default.ListString)?.ToHashSet(StringComparer.Ordinal),
            Regions = columns.List("Regions", ConfigJson.Default.ListString)?.ToHashSet(StringComparer.Ordinal),
            Deployments = columns.List("Deployments", ConfigJson.Default.ListString)?.ToHashSet(StringComparer.Ordinal),
            Timeout = columns.Number("TimeoutMs", 1, CallTimeout.MostMs) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            FiltersElsewhere = ContentFilterPolicies.IsElsewhere(OneOf(columns, "OnContentFilter", ContentFilterPolicies.Words)),
            Strict = columns.Flag("Strict"),
        };
        var disabled = columns.Flag("Disabled");
        problems = [.. columns.Problems];
        return disabled ? null : problems.Count > 0 ? Unusable : tenant;
    }

    private static OutagePolicy Policy(RowReader columns, string column) => OutagePolicies.Of(OneOf(columns, column, OutagePolicies.Words));

    /// <summary>Null when absent or wrong.</summary>
    private static string? OneOf(RowReader columns, string column, string[] words)
    {
        var word = columns.Text(column);
        if (word is null || words.Contains(word))
        {
            return word;
        }
        columns.Wrong(column, $"must be one of {string.Join(", ", words)}.");
        return null;
    }
}
