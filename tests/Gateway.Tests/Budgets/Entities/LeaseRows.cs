using Tollgate.Ledger;
using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

/// <summary>A ledger of which only the rows of leases are asked for.</summary>
internal sealed class LeaseRows : IUsageLedger
{
    private readonly List<(string LeaseId, LeaseUse Row)> rows = [];

    public string? Problem => null;

    /// <summary>Nothing can be read.</summary>
    public bool IsDown { get; set; }

    public void Add(string leaseId, LeaseUse row) => rows.Add((leaseId, row));

    public void Clear() => rows.Clear();

    public ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken) => IsDown
        ? throw new IOException("The ledger cannot be read.")
        : ValueTask.FromResult<IReadOnlyList<LeaseUse>>([.. rows.Where(row => tenant == "t" && row.LeaseId == leaseId && row.Row.ReservedAt >= since).Select(row => row.Row)]);

    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<int> ReconcileAsync(DateTimeOffset olderThan, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Settle(SettledCall settled) => throw new NotSupportedException();

    public ValueTask ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
