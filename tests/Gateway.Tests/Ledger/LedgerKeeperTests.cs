using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Ledger;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class LedgerKeeperTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<LedgerKeeper> log = new();
    private readonly FakeLedger ledger = new();
    private readonly FakeRollups rollups = new();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task RunAsync_ClosesRowsThatNoCallCanHaveOpen_ThenSumsUp()
    {
        ledger.LeftOpen = 3;
        await Keeper().RunAsync(default);
        Assert.Equal([Some.Now - OpenedCall.Longest], ledger.Reconciled);
        Assert.Equal(["sum"], rollups.Done);
        Assert.Equal(
            ["3 calls were left open by an instance that ended; they are charged with their bounds.", "Usage of 2 days of tenants was summed up; 0 rows were older than they are kept and are deleted."],
            log.Collector.GetSnapshot().Select(line => line.Message));
    }

    [Fact]
    public async Task RunAsync_Retention_DeletesAfterTheSums()
    {
        await Keeper(new UsageRetention(31, null)).RunAsync(default);
        Assert.Equal(["sum", "delete"], rollups.Done);
    }

    [Fact]
    public async Task RunAsync_Outage_IsLoggedAndLeftToTheNextRun()
    {
        rollups.Failure = LedgerErrors.CannotRead();
        await Keeper().RunAsync(default);
        rollups.Failure = new TaskCanceledException();
        await Keeper().RunAsync(default);
        Assert.Equal([LogLevel.Warning, LogLevel.Warning], log.Collector.GetSnapshot().Select(line => line.Level));

        rollups.Failure = null;
        await Keeper().RunAsync(default);
        Assert.Equal(["sum"], rollups.Done);
    }

    [Fact]
    public async Task RunAsync_ToldToEnd_Ends()
    {
        using var ended = new CancellationTokenSource();
        rollups.Failure = new OperationCanceledException(ended.Token);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Keeper().RunAsync(ended.Token));
    }

    [Fact]
    public async Task Timer_RunsAtTheStartAndEveryHour_UntilItIsDisposed()
    {
        await using var timer = new LedgerTimer(Keeper(), time);
        await timer.StartAsync(default);
        await Until.TrueAsync(() => rollups.Done.Count == 1);
        await Until.TrueAsync(() =>
        {
            time.Advance(LedgerTimer.Period);
            return rollups.Done.Count >= 3;
        });
        await timer.DisposeAsync();
        Assert.True(timer.ExecuteTask!.IsCompleted);
    }

    private LedgerKeeper Keeper(UsageRetention? retention = null) => new(ledger, rollups, retention ?? new UsageRetention(null, null), time, log);

    private sealed class FakeRollups : IUsageRollups
    {
        private readonly List<string> done = [];

        public IReadOnlyList<string> Done
        {
            get
            {
                lock (done)
                {
                    return [.. done];
                }
            }
        }

        public Exception? Failure { get; set; }

        public ValueTask<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => Do("sum", 2);

        public ValueTask<int> RebuildAsync(string? tenant, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> DeleteAsync(UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken) => Do("delete", 7);

        private ValueTask<int> Do(string what, int count)
        {
            if (Failure is not null)
            {
                throw Failure;
            }
            lock (done)
            {
                done.Add(what);
            }
            return ValueTask.FromResult(count);
        }
    }
}
