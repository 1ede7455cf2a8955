using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Ledger.Rerating;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class SqliteUsageLedgerTests : UsageLedgerContract
{
    private readonly string directory = Directory.CreateTempSubdirectory("tollgate-ledger-").FullName;

    private Action writeUnderWay = () => { };

    private string File => Path.Combine(directory, "usage.db");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Write_DatabaseLockedByAnother_WaitsAndLosesNothing()
    {
        var ledger = Start();
        Task<IReadOnlyList<UsageTotal>> reading;
        using (var other = Connect())
        {
            using var holding = other.BeginTransaction();
            ledger.Settle(Settled(Call()));
            reading = ReadAsync(ledger);
            Assert.False(reading.IsCompleted);
            holding.Commit();
        }
        await AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, (await reading).Single().Requests);
    }

    [Fact]
    public async Task OpenAsync_MoreCallsThanTheirFileHolds_EachHasARow()
    {
        var ledger = Start(capacity: 10_000);
        var opening = Enumerable.Range(0, CallsUnderWay.Slots + 10).Select(_ => OpenAsync(ledger, Call())).ToList();
        Assert.All(await Task.WhenAll(opening), Assert.True);
        Assert.Equal(opening.Count, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task DisposeAsync_CallsUnderWay_AreRows_AndTheirFileIsGone()
    {
        var ledger = Start();
        var call = Call();
        await OpenAsync(ledger, call);
        Assert.Single(Directory.GetFiles(directory, "*.open"));
        await ledger.DisposeAsync();
        Assert.Empty(Directory.GetFiles(directory, "*.open"));
        Assert.Equal("open", (await RowsAsync())[call.RequestId]["State"]);
    }

    [Fact]
    public async Task DisposeAsync_RowsCannotBeWritten_TheNextProcessHasThem()
    {
        var ledger = Start();
        var call = Call();
        await OpenAsync(ledger, call);
        Break();
        await ledger.DisposeAsync();
        Repair();
        var next = Start();
        Assert.Equal("open", (await RowsAsync())[call.RequestId]["State"]);
        await next.DisposeAsync();
        Assert.Empty(Directory.GetFiles(directory, "*.open"));
    }

    [Fact]
    public async Task DisposeAsync_MoreThanABatchWaiting_WritesItAll()
    {
        var ledger = Start();
        for (var i = 0; i < 5_000; i++)
        {
            ledger.Settle(Settled(Call()));
        }
        await ledger.DisposeAsync();
        Assert.Equal(5_000, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task Constructor_FileOfAnOlderVersion_KeepsItsRowsAndTakesNewOnes()
    {
        Execute("""
            CREATE TABLE usage (
                request_id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,
                state TEXT NOT NULL, deployment TEXT, provider TEXT, region TEXT,
                prompt_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER,
                cost_micro_usd INTEGER, price_version TEXT, estimated INTEGER, status TEXT, http_status INTEGER, attempts INTEGER,
                first_token_ms REAL, total_ms REAL) WITHOUT ROWID;
            """);
        Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO usage VALUES ('req_0', {Some.Now.ToUnixTimeMilliseconds()}, 'acme', 'dev', 'm', 'settled', 'd', 'p', 'eu', 1, 0, 0, 1, 0, 7, 'v', 0, 'ok', 200, 1, NULL, 5.0)"));
        for (var i = 0; i < 2; i++)
        {
            await using var ledger = Open(1000);
            await OpenAsync(ledger, Call(leases: ["lease"]));
            Assert.Equal(new UsageTotal("m", 1, 1, 0, 1, 0, 7), Assert.Single(await ReadAsync(ledger)));
            Assert.Equal(i + 1, (await ledger.ReadLeaseAsync("acme", "lease", Some.Now, default)).Count);
        }
        await using var later = Open(1000);
        var deployment = Prices.Rater("""
            "a": { "provider": "p", "model": "m" }, "d": { "provider": "p", "model": "m", "price": { "input": 1, "output": 2 } }
            """);
        Assert.Equal(1, Assert.Single(await RerateAsync(later, apply: true, rater: deployment)).Changed);
        Assert.Equal(("3", "7", "v"), (await RowsAsync())["req_0"] is var row ? (row["CostMicroUsd"], row["OriginalCostMicroUsd"], row["OriginalPriceVersion"]) : default);
    }

    [Fact]
    public async Task Read_FileCannotBeUsed_Is503()
    {
        var ledger = Start();
        Break();
        Assert.Equal(503, (await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(ledger))).Status);
        Assert.Equal(503, (await Assert.ThrowsAsync<CallerErrorException>(() => ledger.ReconcileAsync(Some.Now, default).AsTask())).Status);
        Assert.Equal("The usage file cannot be used (SQLite error 1).", Logs.LatestRecord.Message);
    }

    [Fact]
    public void Constructor_FileIsNoDatabase_Throws()
    {
        System.IO.File.WriteAllText(File, new string('x', 4096));
        Assert.Throws<SqliteException>(() => Open(1000));
    }

    private protected override IUsageLedger Open(int capacity)
    {
        var ledger = new SqliteUsageLedger(File, Time, new FakeLogger<SqliteUsageLedger>(Logs), capacity);
        writeUnderWay = ledger.WriteUnderWay;
        return ledger;
    }

    private protected override void Break() => Execute("ALTER TABLE usage RENAME TO away");

    private protected override void Repair() => Execute("ALTER TABLE away RENAME TO usage");

    private protected override Task<Dictionary<string, Dictionary<string, string>>> RowsAsync()
    {
        writeUnderWay();
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE name IN ('usage', 'away')";
        command.CommandText = $"SELECT * FROM {command.ExecuteScalar()}";
        using var reader = command.ExecuteReader();
        var rows = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        while (reader.Read())
        {
            rows.Add((string)reader["request_id"], Enumerable.Range(0, reader.FieldCount)
                .Where(i => !reader.IsDBNull(i) && reader.GetName(i) is not ("request_id" or "tenant"))
                .ToDictionary(i => ColumnName(reader.GetName(i)), i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!, StringComparer.Ordinal));
        }
        return Task.FromResult(rows);
    }

    private protected override Task<IReadOnlyList<string>> DailyAsync()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT strftime('%d', day * 86400, 'unixepoch'), model, key, requests, failed, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
                reasoning_tokens, cost_micro_usd, estimated
            FROM usage_daily ORDER BY 1, 2, 3
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i))));
        }
        return Task.FromResult<IReadOnlyList<string>>(rows);
    }

    private static string ColumnName(string name) => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

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
}
