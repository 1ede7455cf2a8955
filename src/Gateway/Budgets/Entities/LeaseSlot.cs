using System.Text.Json;
using Azure;
using Azure.Data.Tables;

namespace Tollgate.Budgets.Entities;

/// <summary>
/// A row of table <c>Leases</c>: a place where a lease waits to be taken. PartitionKey is the scope's key, RowKey the place's number. Rows are replaced, never
/// removed, and each change states which row it replaces: of two that would change the same row one fails.
/// </summary>
/// <param name="Number">0 … <see cref="BudgetState.MostMinted"/> − 1.</param>
/// <param name="LeaseId">The last lease that was put there.</param>
/// <param name="IsFree">It may be taken.</param>
/// <param name="TermsVersion">By which limits it was made.</param>
/// <param name="Grants">What it grants.</param>
/// <param name="Windows">In which windows it was taken; null when it was not.</param>
/// <param name="ETag">Of the row.</param>
internal sealed record LeaseSlot(
    int Number, string LeaseId, bool IsFree, long TermsVersion, IReadOnlyList<MintedGrant> Grants, IReadOnlyDictionary<LimitKey, BudgetWindow>? Windows, ETag ETag)
{
    private const string Free = "free";

    private const string Taken = "taken";

    private const string Withdrawn = "withdrawn";

    /// <summary>A row with a lease that waits.</summary>
    public static LeaseSlot Waiting(string leaseId, MintedLease minted, ETag replaces) =>
        new(minted.Slot, leaseId, IsFree: true, minted.TermsVersion, minted.Grants, null, replaces);

    public static LeaseSlot Read(TableEntity row) => new(
        int.Parse(row.RowKey, System.Globalization.CultureInfo.InvariantCulture),
        row.GetString("LeaseId"),
        row.GetString("State") == Free,
        row.GetInt64("TermsVersion") ?? 0,
        JsonSerializer.Deserialize<List<MintedGrant>>(row.GetString("Grants")) ?? [],
        row.GetString("State") == Taken ? JsonSerializer.Deserialize<Dictionary<LimitKey, BudgetWindow>>(row.GetString("Windows")) : null,
        row.ETag);

    public TableEntity Write(string key) => new(key, Number.ToString(System.Globalization.CultureInfo.InvariantCulture))
    {
        ["LeaseId"] = LeaseId,
        ["State"] = IsFree ? Free : Windows is null ? Withdrawn : Taken,
        ["TermsVersion"] = TermsVersion,
        ["Grants"] = JsonSerializer.Serialize(Grants),
        ["Windows"] = JsonSerializer.Serialize(Windows),
    };
}
