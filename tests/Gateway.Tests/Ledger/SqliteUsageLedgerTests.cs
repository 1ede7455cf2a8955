using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Conversation;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class SqliteUsageLedgerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset From = Some.Now.AddDays(-1);
    private static readonly DateTimeOffset To = Some.Now.AddDays(1);

    private readonly string directory = Directory.CreateTempSubdirectory("tollgate-ledger-").FullName;

    private string File => Path.Combine(directory, "usage.db");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Settle_OpenedCall_IsOneRowWithAllItSays()
    {
        await using (var ledger = Open())
        {
            var call = Call("m", key: "dev");
            Assert.True(ledger.TryOpen(call));
            ledger.Settle(new SettledCall(call)
            {
                Deployment = "d",
                Provider = "p",
                Region = "eu",
                Usage = new TokenUsage { Prompt = 100, CacheRead = 10, CacheWrite5m = 5, CacheWrite1h = 6, Completion = 50, Reasoning = 20 },
                Estimated = true,
                CostMicroUsd = 777,
                PriceVersion = "v",
                Status = CallStatus.Cut,
                HttpStatus = 200,
                Attempts = 2,
                FirstTokenMs = 1.5,
                TotalMs = 9.5,
            });
        }
        var row = Assert.Single(Rows());
        Assert.Matches($"^req_[0-9a-f]{{32}}\\|{Some.Now.ToUnixTimeMilliseconds()}\\|acme\\|dev\\|m\\|settled\\|d\\|p\\|eu\\|100\\|10\\|11\\|50\\|20\\|777\\|v\\|1\\|cut\\|200\\|2\\|1\\.5\\|9\\.5$", row);
    }

    [Fact]
    public async Task TryOpen_NotYetSettled_IsAnOpenRowThatSumsLeaveOut()
    {
        var time = new FakeTimeProvider(Some.Now);
        await using var ledger = Open(time);
        var call = Call("m");
        ledger.TryOpen(call);
        Assert.Empty(await ReadAsync(ledger));
        Assert.Contains("|open|", Assert.Single(Rows()), StringComparison.Ordinal);
        ledger.Settle(Settled(call));
        Assert.Equal(1, (await ReadAsync(ledger)).Single().Requests);
        Assert.Contains("|settled|", Assert.Single(Rows()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_KeepsTheRows()
    {
        for (var i = 1; i <= 3; i++)
        {
            await using var ledger = Open();
            var call = Call("m");
            ledger.TryOpen(call);
            ledger.Settle(Settled(call));
            Assert.Equal(i, (await ReadAsync(ledger)).Single().Requests);
        }
    }

    [Fact]
    public async Task ReadAsync_Sums_AreOfTheTenantTheKeyAndTheTime()
    {
        await using var ledger = Open();
        foreach (var call in (OpenedCall[])[
            Call("a", key: "dev"), Call("a", key: "dev"), Call("a", key: "ci"), Call("b", key: "dev"), Call("a", tenant: "other"),
            Call("a", at: From), Call("a", at: From.AddMilliseconds(-1)), Call("a", at: To), Call("a", at: To.AddMilliseconds(-1))])
        {
            ledger.TryOpen(call);
            ledger.Settle(Settled(call));
        }
        Assert.Equal([new UsageTotal("a", 4, 40, 4, 80, 8, 12), new UsageTotal("b", 1, 10, 1, 20, 2, 3)], await ReadAsync(ledger, key: "dev"));
        Assert.Equal([new UsageTotal("a", 5, 50, 5, 100, 10, 15), new UsageTotal("b", 1, 10, 1, 20, 2, 3)], await ReadAsync(ledger, key: null));
        Assert.Empty(await ledger.ReadAsync("nobody", null, From, To, CancellationToken.None));
    }

    [Fact]
    public async Task Settle_ManyAtOnce_LosesNone()
    {
        await using var ledger = Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var call = Call($"m{worker}");
                Assert.True(ledger.TryOpen(call));
                ledger.Settle(Settled(call));
            }
        })));
        var totals = await ReadAsync(ledger);
        Assert.Equal(Enumerable.Repeat(500L, 8), totals.Select(total => total.Requests));
    }

    [Fact]
    public async Task DisposeAsync_MoreThanABatchWaiting_WritesItAll()
    {
        // The clock stands still: only what does not wait for it is written.
        var ledger = Open(new FakeTimeProvider(Some.Now));
        for (var i = 0; i < 5_000; i++)
        {
            var call = Call("m");
            ledger.TryOpen(call);
            ledger.Settle(Settled(call));
        }
        await ledger.DisposeAsync().AsTask().WaitAsync(Patience);
        await using var again = Open();
        Assert.Equal(5_000, (await ReadAsync(again)).Single().Requests);
    }

    [Fact]
    public async Task Write_Fails_IsRetriedUntilItWorksAndNothingIsLost()
    {
        var time = new FakeTimeProvider(Some.Now);
        var logs = new FakeLogger<SqliteUsageLedger>();
        await using var ledger = new SqliteUsageLedger(File, time, logs);
        Execute("ALTER TABLE usage RENAME TO away");
        var call = Call("m");
        ledger.TryOpen(call);
        ledger.Settle(Settled(call));
        var reading = ReadAsync(ledger);
        await UntilAsync(() => logs.Collector.Count > 0);
        Assert.Contains("SQLite error 1", ledger.Problem, StringComparison.Ordinal);
        Assert.False(reading.IsCompleted);
        Execute("ALTER TABLE away RENAME TO usage");
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return reading.IsCompleted;
        });
        Assert.Equal(1, (await reading).Single().Requests);
        Assert.Null(ledger.Problem);
    }

    [Fact]
    public async Task Write_DatabaseLockedByAnother_WaitsAndLosesNothing()
    {
        await using var ledger = Open();
        Task<IReadOnlyList<UsageTotal>> reading;
        using (var other = Connect())
        {
            using var holding = other.BeginTransaction();
            using var write = other.CreateCommand();
            write.Transaction = holding;
            write.CommandText = "DELETE FROM usage";
            write.ExecuteNonQuery();
            var call = Call("m");
            ledger.TryOpen(call);
            ledger.Settle(Settled(call));
            reading = ReadAsync(ledger);
            Assert.False(reading.IsCompleted);
            holding.Commit();
        }
        Assert.Equal(1, (await reading.WaitAsync(Patience)).Single().Requests);
    }

    [Fact]
    public async Task TryOpen_TooManyPending_IsRefusedUntilSomeAreSettled()
    {
        var ledger = Open(new FakeTimeProvider(Some.Now));
        var call = Call("m");
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(ledger.TryOpen(call));
        }
        Assert.False(ledger.TryOpen(call));
        ledger.Settle(Settled(call));
        await ReadAsync(ledger).WaitAsync(Patience);
        Assert.True(ledger.TryOpen(call));
        Assert.False(ledger.TryOpen(call));
        await ledger.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public void Constructor_FileIsNoDatabase_Throws()
    {
        System.IO.File.WriteAllText(File, new string('x', 4096));
        Assert.Throws<SqliteException>(() => Open());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static OpenedCall Call(string model, string tenant = "acme", string key = "dev", DateTimeOffset? at = null) =>
        new() { RequestId = RequestId.New(Some.Now), OpenedAt = at ?? Some.Now, Tenant = tenant, Key = key, Model = model };

    private static SettledCall Settled(OpenedCall call) => new(call)
    {
        Usage = new TokenUsage { Prompt = 10, CacheRead = 1, Completion = 20, Reasoning = 2 },
        CostMicroUsd = 3,
        HttpStatus = 200,
    };

    private static Task<IReadOnlyList<UsageTotal>> ReadAsync(SqliteUsageLedger ledger, string? key = null) =>
        ledger.ReadAsync("acme", key, From, To, CancellationToken.None).AsTask();

    private SqliteUsageLedger Open(TimeProvider? time = null) => new(File, time ?? TimeProvider.System, NullLogger<SqliteUsageLedger>.Instance);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private List<string> Rows()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM usage ORDER BY request_id";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }
        return rows;
    }
}
