using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>What every ledger promises, whatever its store.</summary>
public abstract partial class UsageLedgerContract : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly List<IUsageLedger> started = [];

    internal FakeTimeProvider Time { get; } = new(Some.Now);

    internal FakeLogCollector Logs { get; } = new();

    /// <summary>The same store each time.</summary>
    private protected abstract IUsageLedger Open(int capacity);

    /// <summary>From now on every write fails.</summary>
    private protected abstract void Break();

    private protected abstract void Repair();

    /// <summary>What is stored, by request id: columns by their names in the tables, times in milliseconds, flags as 0 and 1, without what is NULL.</summary>
    private protected abstract Task<Dictionary<string, Dictionary<string, string>>> RowsAsync();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A ledger of a test that failed may have rows that it cannot write.</summary>
    public virtual async Task DisposeAsync()
    {
        foreach (var ledger in started)
        {
            var disposing = ledger.DisposeAsync().AsTask();
            await Until.TrueAsync(() =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return disposing.IsCompleted;
            });
        }
    }

    [Fact]
    public async Task OpenAsync_Done_TheOpenRowIsThere()
    {
        var ledger = Start();
        var call = Full();
        Assert.True(await OpenAsync(ledger, call));
        Same(await RowsAsync(), call, "State:open BoundMicroUsd:30 BoundTokens:20 Key:dev Leases:l1 l2 Model:m Unchecked:1 User:u-1",
            ("OpenedAt", call.OpenedAt), ("ReservedAt", call.ReservedAt));
    }

    [Fact]
    public async Task Settle_OpenRow_IsReplacedByAllThatIsKnown()
    {
        var ledger = Start();
        var call = Full();
        await OpenAsync(ledger, call);
        var settled = new SettledCall(call)
        {
            Deployment = "d",
            Provider = "p",
            Region = "eu",
            Usage = new TokenUsage
            {
                Prompt = 100,
                CacheRead = 10,
                CacheWrite5m = 5,
                CacheWrite1h = 6,
                Completion = 50,
                Reasoning = 20,
                PromptAudio = 7,
                CacheReadAudio = 3,
                CompletionAudio = 4,
                PromptImage = 8,
                CompletionImage = 9,
                Tier = ServiceTier.Flex,
            },
            Earlier = [new BilledAttempt("e", new TokenUsage { Prompt = 70, Tier = ServiceTier.Priority }, 1.25m, "w")],
            Estimated = true,
            CostMicroUsd = 777,
            PriceVersion = "v",
            Status = CallStatus.Cut,
            HttpStatus = 200,
            Attempts = 2,
            FirstTokenMs = 1.5,
            TotalMs = 9.5,
        };
        ledger.Settle(settled);
        await ReadAsync(ledger);
        Same(await RowsAsync(), call,
            "State:settled BoundMicroUsd:30 BoundTokens:20 Key:dev Leases:l1 l2 Model:m Unchecked:1 User:u-1 Attempts:2 CacheWriteTokens:11 CachedTokens:10 CompletionTokens:50 " +
            "CostMicroUsd:777 Deployment:d Estimated:1 FirstTokenMs:1.5 HttpStatus:200 PriceVersion:v PromptTokens:100 Provider:p ReasoningTokens:20 Region:eu Status:cut TotalMs:9.5 " +
            "ServiceTier:flex CacheWrite1hTokens:6 AudioInputTokens:7 AudioCachedTokens:3 AudioOutputTokens:4 ImageInputTokens:8 ImageOutputTokens:9 " +
            """Earlier:[{"deployment":"e","usage":{"prompt":70,"tier":"priority"},"microUsd":1.25,"priceVersion":"w"}]""",
            ("OpenedAt", call.OpenedAt), ("ReservedAt", call.ReservedAt), ("SettledAt", settled.SettledAt));
    }

    [Fact]
    public async Task Settle_NeverOpened_IsARow()
    {
        var ledger = Start();
        ledger.Settle(Settled(Call()));
        Assert.Equal(1, (await ReadAsync(ledger)).Single().Requests);
    }

    [Fact]
    public async Task OpenAsync_AfterTheSettlement_DoesNotOverwriteIt()
    {
        var ledger = Start();
        var (before, during) = (Call(), Call());
        ledger.Settle(Settled(before));
        await ReadAsync(ledger);
        Assert.True(await OpenAsync(ledger, before));

        ledger.Settle(Settled(during));
        Assert.True(await OpenAsync(ledger, during));
        await ReadAsync(ledger);

        Assert.Equal(["settled", "settled"], (await RowsAsync()).Values.Select(row => row["State"]));
    }

    [Fact]
    public async Task OpenAsync_AndSettle_Repeated_ChangeNothing()
    {
        var ledger = Start();
        var call = Call();
        await OpenAsync(ledger, call);
        await OpenAsync(ledger, call);
        ledger.Settle(Settled(call));
        var first = await ReadAsync(ledger);
        var rows = await RowsAsync();

        await OpenAsync(ledger, call);
        ledger.Settle(Settled(call));

        Assert.Equal(first, await ReadAsync(ledger));
        Assert.Equal(rows[call.RequestId], Assert.Single(await RowsAsync()).Value);
    }

    [Fact]
    public async Task ReadAsync_Sums_AreOfTheTenantTheKeyAndTheTime()
    {
        var ledger = Start();
        var (from, to) = (Some.Now.AddDays(-20), Some.Now.AddDays(20));
        foreach (var call in (OpenedCall[])[
            Call("a"), Call("a", at: Some.Now.AddHours(-10).AddMinutes(-30)), Call("a", key: "ci"), Call("b"), Call("a", tenant: "other"), Call("a", tenant: "acme2"),
            Call("a", at: from), Call("a", at: from.AddMilliseconds(-1)), Call("a", at: to), Call("a", at: to.AddMilliseconds(-1))])
        {
            ledger.Settle(Settled(call));
        }
        await OpenAsync(ledger, Call("a"));

        Assert.Equal([new UsageTotal("a", 4, 40, 4, 80, 8, 12), new UsageTotal("b", 1, 10, 1, 20, 2, 3)], await ledger.ReadAsync("acme", "dev", from, to, default));
        Assert.Equal([new UsageTotal("a", 5, 50, 5, 100, 10, 15), new UsageTotal("b", 1, 10, 1, 20, 2, 3)], await ledger.ReadAsync("acme", null, from, to, default));
        Assert.Equal(8, (await ledger.ReadAsync("acme", null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, default)).Sum(total => total.Requests));
        Assert.Empty(await ledger.ReadAsync("nobody", null, from, to, default));
        Assert.Empty(await ledger.ReadAsync("acme", "nobody's", from, to, default));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ReadAsync_BorderOfADay_IsCountedOnce(int milliseconds)
    {
        var ledger = Start();
        var midnight = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        ledger.Settle(Settled(Call(at: midnight.AddMilliseconds(milliseconds).ToOffset(TimeSpan.FromHours(5)))));

        Assert.Equal(milliseconds < 0 ? 1 : 0, (await ledger.ReadAsync("acme", null, midnight.AddDays(-1), midnight, default)).Sum(total => total.Requests));
        Assert.Equal(milliseconds < 0 ? 0 : 1, (await ledger.ReadAsync("acme", null, midnight, midnight.AddDays(1), default)).Sum(total => total.Requests));
    }

    [Fact]
    public async Task ReadLeaseAsync_EveryRowOfTheLease_OpenOnesWithTheirBounds()
    {
        var ledger = Start();
        var yesterday = Some.Now.AddDays(-1);
        var settled = Call(leases: ["lease", "other"], at: yesterday);
        await OpenAsync(ledger, settled);
        ledger.Settle(Settled(settled));
        await OpenAsync(ledger, Call(leases: ["other", "lease"], reserved: Some.Now.AddSeconds(1)));
        await OpenAsync(ledger, Call(leases: ["lease2"]));
        await OpenAsync(ledger, Call());
        await OpenAsync(ledger, Call(leases: ["lease"], tenant: "other"));
        await OpenAsync(ledger, Call(leases: ["lease"], at: yesterday.AddMilliseconds(-1)));

        Assert.Equal(
            [new LeaseUse(yesterday, false, 30, 3), new LeaseUse(Some.Now.AddSeconds(1), true, 20, 30)],
            (await ledger.ReadLeaseAsync("acme", "lease", yesterday, default)).OrderBy(use => use.ReservedAt));
        Assert.Empty(await ledger.ReadLeaseAsync("acme", "unknown", yesterday, default));
        Assert.Equal(3, (await ledger.ReadLeaseAsync("acme", "lease", DateTimeOffset.MinValue, default)).Count);
    }

    [Fact]
    public async Task ReadAsync_NothingWrittenYet_IsEmpty()
    {
        var ledger = Start();
        Assert.Empty(await ReadAsync(ledger));
        Assert.Empty(await ledger.ReadLeaseAsync("acme", "lease", Some.Now, default));
    }

    [Theory]
    [InlineData("a/b\\c#d?e%f")]
    [InlineData("=2F|20261123 +'\"&")]
    [InlineData("公司\u0001\n😀")]
    [InlineData("A.b_C:d-1")]
    public async Task Tenant_AnyCharacters_IsKeptApart(string tenant)
    {
        var ledger = Start();
        foreach (var owner in new[] { tenant, tenant + "/", "acme" })
        {
            var call = Call(tenant: owner, key: "team/" + owner, leases: ["lease"]);
            Assert.True(await OpenAsync(ledger, call));
            ledger.Settle(Settled(call));
        }
        Assert.Equal(1, (await ledger.ReadAsync(tenant, null, Some.Now, Some.Now.AddDays(1), default)).Single().Requests);
        Assert.Equal(1, (await ledger.ReadAsync(tenant, "team/" + tenant, Some.Now, Some.Now.AddDays(1), default)).Single().Requests);
        Assert.Single(await ledger.ReadLeaseAsync(tenant, "lease", Some.Now, default));
    }

    [Fact]
    public async Task OpenAsync_LongUserTag_IsCut()
    {
        var ledger = Start();
        Assert.True(await OpenAsync(ledger, new OpenedCall { RequestId = RequestId.New(Some.Now), OpenedAt = Some.Now, Tenant = "acme", Key = "dev", Model = "m", User = new string('公', 100_000) }));
        Assert.Equal(OpenedCall.LongestUser, Assert.Single(await RowsAsync()).Value["User"].Length);
    }

    [Fact]
    public async Task Settle_ManyAtOnce_LosesNone()
    {
        var ledger = Start();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                var call = Call($"m{worker % 4}", tenant: worker % 2 == 0 ? "acme" : "other");
                Assert.True(await OpenAsync(ledger, call));
                ledger.Settle(Settled(call));
            }
        })));
        Assert.Equal([160L, 160L], (await ReadAsync(ledger)).Select(total => total.Requests));
        Assert.Equal(640, (await RowsAsync()).Values.Count(row => row["State"] == "settled"));
    }

    [Fact]
    public async Task DisposeAsync_RowsWaiting_WritesThemAll_AndTakesNoMore()
    {
        var ledger = Start();
        for (var i = 0; i < 300; i++)
        {
            ledger.Settle(Settled(Call(tenant: $"t{i % 3}")));
        }
        await ledger.DisposeAsync().AsTask().WaitAsync(Timeout);
        Assert.Equal(300, (await RowsAsync()).Values.Count(row => row["State"] == "settled"));

        Assert.False(await OpenAsync(ledger, Call()));
        await ledger.DisposeAsync();
    }

    [Fact]
    public async Task Restart_KeepsTheRows()
    {
        for (var i = 1; i <= 3; i++)
        {
            await using var ledger = Open(1000);
            ledger.Settle(Settled(Call()));
            Assert.Equal(i, (await ReadAsync(ledger)).Single().Requests);
        }
    }

    [Fact]
    public async Task Outage_NothingAcceptedIsLost()
    {
        var ledger = Start();
        var open = Call();
        await OpenAsync(ledger, open);
        Break();
        ledger.Settle(Settled(open));
        ledger.Settle(Settled(Call()));
        var opening = OpenAsync(ledger, Large());
        await Until.TrueAsync(() => ledger.Problem is not null);
        var reading = ReadAsync(ledger);
        Assert.False(reading.IsCompleted || opening.IsCompleted);
        Assert.Contains(Logs.GetSnapshot(), line => line.Message.StartsWith("Usage rows cannot be written;", StringComparison.Ordinal));

        Repair();
        await AdvanceUntilAsync(() => reading.IsCompleted && opening.IsCompleted);
        Assert.True(await opening);
        Assert.Equal(2, (await reading).Single().Requests);
        Assert.Null(ledger.Problem);
    }

    [Fact]
    public async Task OpenAsync_OutageAndTheRowMayLag_TheCallIsMade_AndItsRowWrittenLater()
    {
        var ledger = Start();
        await OpenAsync(ledger, Call());
        Break();
        // It is not known yet that nothing can be written.
        var first = Lagging();
        var opening = OpenAsync(ledger, first);
        await Until.TrueAsync(() => ledger.Problem is not null);
        var second = Lagging();
        Assert.True(await OpenAsync(ledger, second));
        Assert.False(opening.IsCompleted);
        Time.Advance(WriteBehind.Patience);
        Assert.True(await opening);

        ledger.Settle(Settled(first));
        Repair();
        await AdvanceUntilAsync(() => ledger.Problem is null);
        await ReadAsync(ledger);
        var rows = await RowsAsync();
        Assert.Equal(("settled", "open"), (rows[first.RequestId]["State"], rows[second.RequestId]["State"]));
    }

    [Fact]
    public async Task OpenAsync_QueueFullAndTheRowMayLag_IsFalse()
    {
        var ledger = Start(capacity: 1);
        Break();
        var opening = OpenAsync(ledger, Lagging());
        await Until.TrueAsync(() => ledger.Problem is not null);
        Assert.False(await OpenAsync(ledger, Lagging()));
        Repair();
        await AdvanceUntilAsync(() => opening.IsCompleted);
    }

    [Fact]
    public async Task OpenAsync_NotWithinThePatience_IsFalse_AndTheRowDoesNotStayOpen()
    {
        var ledger = Start();
        Break();
        var call = Large();
        var opening = OpenAsync(ledger, call);
        await Until.TrueAsync(() => ledger.Problem is not null);
        Time.Advance(WriteBehind.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(opening.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await opening.WaitAsync(Timeout));

        Repair();
        await AdvanceUntilRowAsync();
        var row = Assert.Single(await RowsAsync()).Value;
        Assert.Equal(("settled", "failed", "503", "0", "0"), (row["State"], row["Status"], row["HttpStatus"], row["PromptTokens"], row["CompletionTokens"]));
        Assert.True(await OpenAsync(ledger, Call()));
    }

    [Fact]
    public async Task OpenAsync_CallerLeavesBeforeAnyTry_HasNoRow()
    {
        var ledger = Start();
        Break();
        var first = OpenAsync(ledger, Large());
        await Until.TrueAsync(() => ledger.Problem is not null);
        using var gone = new CancellationTokenSource();
        var left = Call();
        var leaving = ledger.OpenAsync(left, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Repair();
        await AdvanceUntilAsync(() => first.IsCompleted);
        Assert.True(await first);
        Assert.DoesNotContain(left.RequestId, (await RowsAsync()).Keys);
    }

    [Fact]
    public async Task OpenAsync_CallerLeavesAfterATry_TheRowDoesNotStayOpen()
    {
        var ledger = Start();
        Break();
        using var gone = new CancellationTokenSource();
        var leaving = ledger.OpenAsync(Large(), gone.Token).AsTask();
        await Until.TrueAsync(() => ledger.Problem is not null);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Repair();
        await AdvanceUntilRowAsync();
        var row = Assert.Single(await RowsAsync()).Value;
        Assert.Equal(("settled", "disconnected", "499"), (row["State"], row["Status"], row["HttpStatus"]));
    }

    [Fact]
    public async Task OpenAsync_QueueFull_IsRefused_WhileSettlementsStillComeIn()
    {
        var ledger = Start(capacity: 2);
        var made = Call();
        await OpenAsync(ledger, made);
        Break();
        Task<bool>[] accepted = [OpenAsync(ledger, Large()), OpenAsync(ledger, Large())];
        Assert.False(await OpenAsync(ledger, Call()));
        ledger.Settle(Settled(made));
        Assert.DoesNotContain(accepted, opening => opening.IsCompleted);

        Repair();
        // In small steps: real writing takes its time while the openings' patience passes by this clock.
        await AdvanceUntilAsync(() => accepted.All(opening => opening.IsCompleted), TimeSpan.FromMilliseconds(1));
        Assert.All(await Task.WhenAll(accepted), Assert.True);
        var reading = ReadAsync(ledger);
        await AdvanceUntilAsync(() => reading.IsCompleted);
        Assert.Equal(1, (await reading).Single().Requests);
        Assert.True(await OpenAsync(ledger, Call()));
    }

    [Fact]
    public async Task ReadAsync_SettledCannotBeWritten_Is503()
    {
        var ledger = Start();
        Break();
        ledger.Settle(Settled(Call()));
        var reading = ReadAsync(ledger);
        await AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromSeconds(1));
        Assert.Equal((503, "ledger_unavailable"), await Assert.ThrowsAsync<CallerErrorException>(() => reading) is var refused ? (refused.Status, refused.Code) : default);
    }

    [Fact]
    public async Task ReconcileAsync_RowsLeftOpen_UsedTheirBounds_AndASettlementStillWins()
    {
        var ledger = Start();
        var limit = Some.Now - OpenedCall.Longest;
        OpenedCall[] left = [Call("left", at: limit.AddMilliseconds(-1)), Call("left", at: limit.AddDays(-1)), Call("left", tenant: "a/b", at: limit.AddHours(-1))];
        var settled = Call("settled", at: limit.AddHours(-1));
        foreach (var call in left.Append(settled).Append(Call("young", at: limit)).Append(Call("young", tenant: "other")))
        {
            await OpenAsync(ledger, call);
        }
        ledger.Settle(Settled(settled));
        var before = new[] { new UsageTotal("settled", 1, 10, 1, 20, 2, 3) };
        Assert.Equal(before, await SumsAsync());

        Assert.Equal(3, await ledger.ReconcileAsync(limit, default));
        Assert.Equal(0, await ledger.ReconcileAsync(limit, default));
        Assert.Equal([new UsageTotal("left", 2, 40, 0, 0, 0, 60), .. before], await SumsAsync());
        var row = (await RowsAsync())[left[0].RequestId];
        Assert.Equal(("reconciled", "1", "20", "30"), (row["State"], row["Estimated"], row["PromptTokens"], row["CostMicroUsd"]));
        Assert.Equal(2, (await RowsAsync()).Values.Count(other => other["State"] == "open"));

        Assert.True(await OpenAsync(ledger, left[1]));
        ledger.Settle(Settled(left[0]));
        Assert.Equal([new UsageTotal("left", 2, 30, 1, 20, 2, 33), .. before], await SumsAsync());
        Assert.Equal("settled", (await RowsAsync())[left[0].RequestId]["State"]);

        async Task<IReadOnlyList<UsageTotal>> SumsAsync() => await ledger.ReadAsync("acme", null, Some.Now.AddDays(-3), Some.Now.AddDays(1), default);
    }

    [Fact]
    public async Task DisposeAsync_OutageThatEnds_LosesNothing()
    {
        var ledger = Start();
        Break();
        ledger.Settle(Settled(Call()));
        await Until.TrueAsync(() => ledger.Problem is not null);
        var disposing = ledger.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        Repair();
        await AdvanceUntilAsync(() => disposing.IsCompleted);
        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task DisposeAsync_OutageThatDoesNotEnd_SaysHowManyAreLost()
    {
        var ledger = Start();
        Break();
        ledger.Settle(Settled(Call()));
        ledger.Settle(Settled(Call()));
        var opening = OpenAsync(ledger, Large());
        await Until.TrueAsync(() => ledger.Problem is not null);
        var disposing = ledger.DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => disposing.IsCompleted, TimeSpan.FromSeconds(1));
        await disposing;
        Assert.False(await opening);
        Assert.Equal("3 usage rows could not be written before the process ended; they are lost.", Logs.LatestRecord.Message);
    }

    /// <summary>Lets time pass until something is so. A look at the store between the steps gives what writes to it its turn.</summary>
    private protected async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null) => await Until.TrueAsync(async () =>
    {
        Time.Advance(step ?? TimeSpan.FromMilliseconds(10));
        await RowsAsync();
        return condition();
    });

    private protected Task AdvanceUntilRowAsync() => Until.TrueAsync(async () =>
    {
        Time.Advance(TimeSpan.FromMilliseconds(10));
        return (await RowsAsync()).Count > 0;
    });

    private protected static Task<bool> OpenAsync(IUsageLedger ledger, OpenedCall call) => ledger.OpenAsync(call, CancellationToken.None).AsTask().WaitAsync(Timeout);

    private protected static Task<IReadOnlyList<UsageTotal>> ReadAsync(IUsageLedger ledger) =>
        ledger.ReadAsync("acme", null, Some.Now.AddDays(-1), Some.Now.AddDays(1), CancellationToken.None).AsTask().WaitAsync(Timeout);

    private protected static OpenedCall Call(
        string model = "m", string tenant = "acme", string key = "dev", DateTimeOffset? at = null, IReadOnlyList<string>? leases = null, DateTimeOffset reserved = default, bool mayLag = false, string? user = null) => new()
        {
            RequestId = RequestId.New(at ?? Some.Now),
            OpenedAt = at ?? Some.Now,
            Tenant = tenant,
            Key = key,
            Model = model,
            User = user,
            ReservedAt = reserved,
            Leases = leases ?? [],
            BoundTokens = 20,
            BoundMicroUsd = 30,
            MayLag = mayLag,
        };

    /// <summary>One that the file of calls under way has no room for, so that it waits for its row in every store.</summary>
    private protected static OpenedCall Large(bool mayLag = false) => Call(mayLag: mayLag, user: new string('公', OpenedCall.LongestUser));

    private static OpenedCall Lagging() => Large(mayLag: true);

    private protected static SettledCall Settled(OpenedCall call) => new(call)
    {
        Usage = new TokenUsage { Prompt = 10, CacheRead = 1, Completion = 20, Reasoning = 2 },
        CostMicroUsd = 3,
        HttpStatus = 200,
    };

    /// <summary>A ledger that ends with the test.</summary>
    private protected IUsageLedger Start(int capacity = 1000)
    {
        var ledger = Open(capacity);
        started.Add(ledger);
        return ledger;
    }

    private static OpenedCall Full() => new()
    {
        RequestId = RequestId.New(Some.Now),
        OpenedAt = Some.Now,
        Tenant = "acme",
        Key = "dev",
        Model = "m",
        User = "u-1",
        ReservedAt = Some.Now.AddMilliseconds(5),
        Leases = ["l1", "l2"],
        BoundTokens = 20,
        BoundMicroUsd = 30,
        Unchecked = true,
    };

    /// <summary>The store's one row is the call's, with these columns and no other.</summary>
    private static void Same(Dictionary<string, Dictionary<string, string>> rows, OpenedCall call, string columns, params (string Column, DateTimeOffset At)[] times)
    {
        var (id, row) = Assert.Single(rows);
        Assert.Equal(call.RequestId, id);
        foreach (var (column, at) in times)
        {
            Assert.Equal(at.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), row[column]);
            row.Remove(column);
        }
        Assert.Equal(
            columns.Replace("l1 l2", "l1+l2", StringComparison.Ordinal).Split(' ').Order(StringComparer.Ordinal),
            row.Select(column => $"{column.Key}:{column.Value.Replace(' ', '+')}").Order(StringComparer.Ordinal));
    }
}
