using System.Collections.Concurrent;
using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Testing;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Ledger;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Ledger;

[Collection(WithAzurite.Name)]
public sealed class TableUsageLedgerTests : UsageLedgerContract
{
    private readonly Wire wire = new();
    private readonly string setting;
    private readonly TableClient table;
    private readonly TableAccount account;

    public TableUsageLedgerTests(AzuriteServer azurite)
    {
        setting = azurite.NewAccount();
        table = new TableClient(setting, "Usage");
        account = new TableAccount("storage.example", "the test", () =>
        {
            var options = TableAccount.Options();
            options.AddPolicy(wire, HttpPipelinePosition.PerCall);
            return new TableServiceClient(setting, options);
        });
    }

    [Fact]
    public async Task OpenAsync_RowKeyAndPartition_AreTheCallsIdAndItsDay()
    {
        var ledger = Start();
        var call = Call(tenant: "a/b", at: new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.FromHours(2)));
        await OpenAsync(ledger, call);
        Assert.Equal("a=2Fb|20261122", (await table.GetEntityAsync<TableEntity>("a=2Fb|20261122", call.RequestId)).Value.PartitionKey);
    }

    /// <summary>What a service says when it is too busy, and what is not the rows' fault: they are as good a second later.</summary>
    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServerBusy")]
    [InlineData(408, "RequestTimeout")]
    [InlineData(401, "AuthenticationFailed")]
    [InlineData(403, "AuthorizationPermissionMismatch")]
    [InlineData(409, "TableBeingDeleted")]
    public async Task Write_RefusedForNow_IsTriedAgain(int status, string code)
    {
        var ledger = Start();
        wire.Failure = new RequestFailedException(status, "a message with-a-secret", code, innerException: null);
        var openings = Enumerable.Range(0, 5).Select(_ => OpenAsync(ledger, Call())).ToArray();
        await Until.TrueAsync(() => ledger.Problem is not null);
        Assert.StartsWith("TOLLGATE_TABLES: the ", ledger.Problem, StringComparison.Ordinal);
        Assert.Contains(code, ledger.Problem, StringComparison.Ordinal);
        Repair();
        await AdvanceUntilAsync(() => openings.All(opening => opening.IsCompleted));
        Assert.All(await Task.WhenAll(openings), Assert.True);
        Assert.DoesNotContain(Logs.GetSnapshot(), line => line.Message.Contains("with-a-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_DoneButItsAnswerLost_IsNotDoneTwice()
    {
        var ledger = Start();
        var made = Call();
        await OpenAsync(ledger, made);
        Break();
        var openings = Enumerable.Range(0, 7).Select(_ => OpenAsync(ledger, Call())).ToArray();
        ledger.Settle(Settled(made));
        await Until.TrueAsync(() => ledger.Problem is not null);
        Repair();
        wire.LosesAnswers = true;
        await AdvanceUntilAsync(() => wire.Lost >= 2);
        Assert.DoesNotContain(openings, opening => opening.IsCompleted);

        wire.LosesAnswers = false;
        await AdvanceUntilAsync(() => openings.All(opening => opening.IsCompleted));
        Assert.All(await Task.WhenAll(openings), Assert.True);
        Assert.Equal(1, (await ReadAsync(ledger)).Single().Requests);
        Assert.Equal(8, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task Write_ARowThatTheServiceRefuses_DoesNotBlockTheOthers()
    {
        var ledger = Start();
        await OpenAsync(ledger, Call());
        Break();
        var bad = Call(model: new string('x', 40_000));
        var openings = Enumerable.Range(0, 9).Select(i => OpenAsync(ledger, i == 5 ? bad : Call())).ToArray();
        await Until.TrueAsync(() => ledger.Problem is not null);
        Repair();
        await AdvanceUntilAsync(() => openings.All(opening => opening.IsCompleted));

        Assert.Equal([5], openings.Index().Where(opening => !opening.Item.Result).Select(opening => opening.Index));
        Assert.Equal(9, (await RowsAsync()).Count);
        Assert.Equal($"The store refuses the usage row of {bad.RequestId} for good; it is lost.", Logs.LatestRecord.Message);
    }

    [Fact]
    public async Task Write_TableGone_IsMadeAgain()
    {
        var ledger = Start();
        await OpenAsync(ledger, Call());
        await table.DeleteAsync();
        Assert.True(await OpenAsync(ledger, Call()));
        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task RerateAsync_RowsSettledMeanwhile_AreLeftAsTheyAre_AndRatedByTheNextRun()
    {
        var ledger = Start();
        var (first, second) = (Call(), Call());
        ledger.Settle(Settled(first) with { Deployment = "a" });
        ledger.Settle(Settled(second) with { Deployment = "a" });
        await ReadAsync(ledger);
        wire.Before = async request =>
        {
            if (request.Uri.ToString().Contains("$batch", StringComparison.Ordinal))
            {
                wire.Before = null;
                var settled = Settled(first) with { Deployment = "a", CostMicroUsd = 9 };
                await table.UpsertEntityAsync(UsageEntity.Of(first, settled), TableUpdateMode.Replace);
            }
        };

        var tenant = Assert.Single(await RerateAsync(ledger, apply: true));
        Assert.Equal((2, 1, 1, false), (tenant.Rows, tenant.Changed, tenant.Conflicts, tenant.IsWhole));
        Assert.Equal(("9", "50"), ((await RowsAsync())[first.RequestId]["CostMicroUsd"], (await RowsAsync())[second.RequestId]["CostMicroUsd"]));
        Assert.Equal((1, true), Assert.Single(await RerateAsync(ledger, apply: true)) is var again ? (again.Changed, again.IsWhole) : default);
        Assert.Equal(("50", "9"), ((await RowsAsync())[first.RequestId]["CostMicroUsd"], (await RowsAsync())[first.RequestId]["OriginalCostMicroUsd"]));
    }

    [Fact]
    public async Task ReadAsync_TableCannotBeRead_Is503()
    {
        var ledger = Start();
        Break();
        Assert.Equal(503, (await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(ledger))).Status);
        Assert.Equal(503, (await Assert.ThrowsAsync<CallerErrorException>(() => ledger.ReadLeaseAsync("acme", "lease", Some.Now, default).AsTask())).Status);
        Assert.Equal("Usage cannot be read. TOLLGATE_TABLES: the table service at storage.example cannot be reached.", Logs.LatestRecord.Message);
    }

    [Fact]
    public async Task ReadAsync_MoreThanAPage_SumsThemAll()
    {
        var ledger = Start(capacity: 5000);
        for (var i = 0; i < 2_300; i++)
        {
            ledger.Settle(Settled(Call()));
        }
        Assert.Equal(2_300, (await ReadAsync(ledger)).Single().Requests);
    }

    /// <summary>The same process, real time, and a service that goes away and comes back while callers go on.</summary>
    [Fact]
    public async Task Outage_UnderLoad_EveryCallThatWasMadeHasItsRow()
    {
        await using var gate = new TcpGate(new Uri(setting.Split("TableEndpoint=")[1].TrimEnd(';')).Port);
        var through = TableAccount.Find(_ => setting.Replace($":{gate.Target}/", $":{gate.Port}/", StringComparison.Ordinal), new(() => throw new InvalidOperationException()))!;
        var made = new ConcurrentBag<OpenedCall>();
        await using (var ledger = new TableUsageLedger(through, TimeProvider.System, new FakeLogger<TableUsageLedger>(Logs)))
        {
            using var done = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    var call = Call(tenant: $"t{i % 3}");
                    if (await OpenAsync(ledger, call))
                    {
                        made.Add(call);
                        ledger.Settle(Settled(call));
                    }
                }
            })).ToArray();
            await Until.TrueAsync(() => made.Count > 50);
            gate.Close();
            await Until.TrueAsync(() => ledger.Problem is not null);
            var before = made.Count;
            gate.Open();
            await Until.TrueAsync(() => made.Count > before + 50);
            await done.CancelAsync();
            await Task.WhenAll(callers);
        }
        var rows = await RowsAsync();
        Assert.All(made, call => Assert.Equal(("settled", "30"), (rows[call.RequestId]["State"], Sum(rows[call.RequestId]))));
        Assert.All(rows.Where(row => made.All(call => call.RequestId != row.Key)), row => Assert.Equal(("settled", "503"), (row.Value["State"], row.Value["HttpStatus"])));

        static string Sum(Dictionary<string, string> row) =>
            (int.Parse(row["PromptTokens"], CultureInfo.InvariantCulture) + int.Parse(row["CompletionTokens"], CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A row becomes known after the keeper has read the day's rows, and before it writes their sums.</summary>
    [Fact]
    public async Task RollUpAsync_RowThatComesInBetween_IsNotLost()
    {
        var ledger = Start();
        await using var other = new TableUsageLedger(TableAccount.Find(_ => setting, new(() => throw new InvalidOperationException()))!, Time, new FakeLogger<TableUsageLedger>(Logs));
        var late = Call();
        ledger.Settle(Settled(Call()));
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(1));
        wire.Before = async request =>
        {
            if (request.Method == RequestMethod.Post)
            {
                wire.Before = null;
                other.Settle(Settled(late));
                Assert.Equal(2, (await ReadAsync(other)).Single().Requests);
            }
        };
        await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default);
        Assert.Null(wire.Before);
        Assert.Equal(2, (await WholeDayAsync(ledger)).Single().Requests);

        Time.Advance(UsageDay.SettlesAfter);
        Assert.Equal(2, await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default));
        Assert.Equal(["23 m dev 2 0 20 2 0 40 4 6 0"], await DailyAsync());
        Assert.Equal(1, await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default));
    }

    /// <summary>An instance that dies, or hangs, after it said that a row is coming and before it wrote it.</summary>
    [Fact]
    public async Task RollUpAsync_RowThatWasAnnounced_IsWaitedFor()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        ledger.Settle(Settled(Call()));
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(1));
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        await new LateRows(account, Time).AnnounceAsync("acme|20261123", default);
        Time.Advance(UsageDay.SettlesAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(2, await rollups.RollUpAsync(Time.GetUtcNow(), default));
        Assert.Equal(2, await rollups.RollUpAsync(Time.GetUtcNow(), default));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await rollups.RollUpAsync(Time.GetUtcNow(), default));
        Assert.Equal(1, await rollups.RollUpAsync(Time.GetUtcNow(), default));
    }

    [Fact]
    public async Task RollUpAsync_KeysOfItsRows_AreEscaped_AndTheDaysOwnRowIsFirst()
    {
        var ledger = Start();
        ledger.Settle(Settled(Call("a/b#?\\", tenant: "t/1", key: "k|1")));
        await ledger.ReadAsync("t/1", null, Some.Now, Some.Now.AddDays(1), default);
        Time.Advance(TimeSpan.FromDays(1));
        await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default);
        Assert.Equal(
            ["t=2F1|202611 23", "t=2F1|202611 23|a=2Fb=23=3F=5C|k=7C1", "t=2F1|202611 24"],
            await new TableClient(setting, "UsageDaily").QueryAsync<TableEntity>().Select(row => $"{row.PartitionKey} {row.RowKey}").ToListAsync());
    }

    private protected override IUsageLedger Open(int capacity) => new TableUsageLedger(account, Time, new FakeLogger<TableUsageLedger>(Logs), capacity);

    private protected override void Break() => wire.Failure = new RequestFailedException("Connection refused (with-a-secret)");

    private protected override void Repair() => wire.Failure = null;

    private protected override async Task<Dictionary<string, Dictionary<string, string>>> RowsAsync()
    {
        var rows = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        try
        {
            await foreach (var row in table.QueryAsync<TableEntity>())
            {
                rows.Add(row.RowKey, row
                    .Where(column => column.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag"))
                    .ToDictionary(column => column.Key, column => Text(column.Value), StringComparer.Ordinal));
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The table is made with its first row.
        }
        return rows;
    }

    private protected override async Task<IReadOnlyList<string>> DailyAsync()
    {
        string[] columns = ["Model", "Key", "Requests", "Failed", "PromptTokens", "CachedTokens", "CacheWriteTokens", "CompletionTokens", "ReasoningTokens", "CostMicroUsd", "Estimated"];
        return await new TableClient(setting, "UsageDaily").QueryAsync<TableEntity>()
            .Where(row => row.ContainsKey("Model"))
            .Select(row => string.Join(' ', columns.Select(column => Text(row[column])).Prepend(row.RowKey[..2])))
            .ToListAsync();
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "1" : "0",
        DateTimeOffset at => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>What the ledger asks of the storage.</summary>
    private sealed class Wire : HttpPipelinePolicy
    {
        private int lost;

        /// <summary>Thrown in place of sending.</summary>
        public RequestFailedException? Failure { get; set; }

        /// <summary>Done before each request is sent.</summary>
        public Func<Request, Task>? Before { get; set; }

        /// <summary>The service does what it is asked, and nobody hears of it.</summary>
        public bool LosesAnswers { get; set; }

        public int Lost => lost;

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (Failure is not null)
            {
                throw Failure;
            }
            if (Before is { } before)
            {
                await before(message.Request);
            }
            await ProcessNextAsync(message, pipeline);
            if (LosesAnswers)
            {
                Interlocked.Increment(ref lost);
                throw new IOException("The response ended prematurely.");
            }
        }
    }
}
