using Tollgate.Ledger;
using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>A ledger that remembers what it was told.</summary>
internal sealed class FakeLedger : IUsageLedger
{
    public List<OpenedCall> Opened { get; } = [];

    public List<SettledCall> Settled { get; } = [];

    public List<DateTimeOffset> Reconciled { get; } = [];

    public int LeftOpen { get; set; }

    public bool IsFull { get; set; }

    public string? Problem => null;

    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Opened.Add(call);
        return ValueTask.FromResult(!IsFull);
    }

    public void Settle(SettledCall settled) => Settled.Add(settled);

    public ValueTask ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<int> ReconcileAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        Reconciled.Add(olderThan);
        return ValueTask.FromResult(LeftOpen);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
