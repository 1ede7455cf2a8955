using System.Diagnostics;
using System.Reflection;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Admission.Loops;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Tables;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Tenants;

[Collection(WithAzurite.Name)]
public sealed class TableTenantsTests : IAsyncLifetime
{
    private const string Key = "tg-a-key-of-the-tables";

    private static readonly KeyHash Hash = KeyHash.Of(Key);

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<TableTenants> log = new();
    private readonly Wire wire = new();
    private readonly TableServiceClient storage;
    private readonly TableAccount account;
    private readonly TableTenants tenants;

    public TableTenantsTests(AzuriteServer azurite)
    {
        var setting = azurite.NewAccount();
        storage = new TableServiceClient(setting);
        account = new TableAccount("storage.example", "the test", () =>
        {
            var options = TableAccount.Options();
            options.AddPolicy(wire, HttpPipelinePosition.PerCall);
            return new TableServiceClient(setting, options);
        });
        tenants = new TableTenants(account, time, log);
    }

    /// <summary>Every kind of bad row: its table, the column, what it holds, and what is said of it.</summary>
    public static TheoryData<string, string, object?, string> BadRows => new()
    {
        { "Keys", "Tenant", null, "Column 'Tenant' must be 1 to 128 letters, digits and . _ : -." },
        { "Keys", "Tenant", "", "Column 'Tenant' must be" },
        { "Keys", "Tenant", "a/b", "Column 'Tenant' must be" },
        { "Keys", "Tenant", "two words", "Column 'Tenant' must be" },
        { "Keys", "Tenant", 7, "Column 'Tenant' is of type Int32; it must be String." },
        { "Keys", "Name", null, "Column 'Name' must be 1 to 128 letters, digits and . _ : / -." },
        { "Keys", "Name", "a\nb", "Column 'Name' must be" },
        { "Keys", "Name", 7L, "Column 'Name' is of type Int64; it must be String." },
        { "Keys", "Expires", "2030-01-01T00:00:00Z", "Column 'Expires' is of type String; it must be DateTime." },
        { "Keys", "ReadsTenant", 1, "Column 'ReadsTenant' is of type Int32; it must be Boolean." },
        { "Keys", "Disabled", "no", "Column 'Disabled' is of type String; it must be Boolean." },
        { "Keys", "Disabled", 0, "Column 'Disabled' is of type Int32; it must be Boolean." },
        { "Keys", "Expire", "2030-01-01", "Column 'Expire' is not a column of this version; allowed here: Tenant, Name, Expires, ReadsTenant, Disabled." },
        { "Tenants", "Limits", "", "Column 'Limits' is not the JSON array it must be" },
        { "Tenants", "Limits", "tokens", "Column 'Limits' is not the JSON array it must be" },
        { "Tenants", "Limits", "null", "Column 'Limits' holds null; it must be a JSON array without nulls." },
        { "Tenants", "Limits", "[null]", "Column 'Limits' holds null; it must be a JSON array without nulls." },
        { "Tenants", "Limits", "{\"unit\":\"tokens\"}", "Column 'Limits' is not the JSON array it must be" },
        { "Tenants", "Limits", "[{\"unit\":\"bananas\",\"window\":\"day\",\"amount\":1}]", "'Limits[0].unit' is 'bananas'; it must be one of requests, tokens, microUsd, concurrency." },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"week\",\"amount\":1}]", "'Limits[0].window' is 'week'; it must be one of minute, hour, day, month, total." },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"day\",\"amount\":-1}]", "'Limits[0].amount' is -1; it must be from 0 to 9007199254740991." },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"day\",\"amount\":9007199254740992}]", "'Limits[0].amount' is 9007199254740992" },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"day\",\"amount\":99999999999999999999}]", "Column 'Limits' is not the JSON array it must be" },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"day\"}]", "'Limits[0].amount' is missing" },
        { "Tenants", "Limits", "[{\"unit\":\"tokens\",\"window\":\"day\",\"amount\":1,\"per\":1}]", "'Limits[0].per' is not a setting of this version" },
        { "Tenants", "Limits", 1000, "Column 'Limits' is of type Int32; it must be String." },
        { "Tenants", "Limit", "[]", "Column 'Limit' is not a column of this version; allowed here: Limits, TimeZone, Loops, OnBudgetOutage, OnLedgerOutage, Models, Regions, Deployments, TimeoutMs, OnContentFilter, Strict, Disabled." },
        { "Tenants", "OnBudgetOutage", "Allow", "Column 'OnBudgetOutage' must be one of refuse, allow." },
        { "Tenants", "OnLedgerOutage", "Allow", "Column 'OnLedgerOutage' must be one of refuse, allow." },
        { "Tenants", "Loops", "20", "Column 'Loops' is not the JSON object it must be" },
        { "Tenants", "Loops", "null", "Column 'Loops' holds null; it must be a JSON object without nulls." },
        { "Tenants", "Loops", """{"slowAfter":1}""", "'Loops.slowAfter' is 1; it must be from 2 to 100000." },
        { "Tenants", "OnBudgetOutage", true, "Column 'OnBudgetOutage' is of type Boolean; it must be String." },
        { "Tenants", "TimeoutMs", 0, "Column 'TimeoutMs' is 0; it must be from 1 to 3600000." },
        { "Tenants", "TimeoutMs", 3600001L, "Column 'TimeoutMs' is 3600001; it must be from 1 to 3600000." },
        { "Tenants", "TimeoutMs", "10s", "Column 'TimeoutMs' is of type String; it must be Int64." },
        { "Tenants", "OnContentFilter", "elsewhere", "Column 'OnContentFilter' must be one of pass, otherProvider." },
        { "Tenants", "Models", "gpt-4o", "Column 'Models' is not the JSON array it must be" },
        { "Tenants", "Models", "[null]", "Column 'Models' holds null" },
        { "Tenants", "Regions", "[1]", "Column 'Regions' is not the JSON array it must be" },
        { "Tenants", "Strict", 1.5, "Column 'Strict' is of type Double; it must be Boolean." },
        { "Tenants", "Disabled", "x", "Column 'Disabled' is of type String; it must be Boolean." },
    };

    public async Task InitializeAsync()
    {
        await storage.CreateTableAsync(TableKey.Table);
        await storage.CreateTableAsync(TableTenant.Table);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task FindAsync_EveryColumn_IsRead()
    {
        await PutKeyAsync();
        await PutTenantAsync(
            ("Limits", """[{"unit":"tokens","window":"month","amount":1000000},{"unit":"microUsd","window":"day","amount":5}]"""),
            ("Models", """["gpt-4o","one that nobody knows"]"""), ("Regions", """["eastus"]"""), ("Deployments", """["a"]"""), ("TimeoutMs", 5000), ("OnContentFilter", "otherProvider"), ("Strict", true), ("OnBudgetOutage", "allow"), ("OnLedgerOutage", "allow"), ("Loops", """{"refuseAfter":30}"""));

        var caller = await FindAsync();

        Assert.Equal((OutagePolicy.Allow, new LoopLimits(20, 30)), (caller!.Tenant.OnLedgerOutage, caller.Tenant.Loops));
        Assert.Equal(("acme", "dev", true, OutagePolicy.Allow), (caller.Tenant.Id, caller.Key, caller.Tenant.Strict, caller.Tenant.OnBudgetOutage));
        Assert.Equal([new Limit(LimitUnit.Tokens, LimitWindow.Month, 1_000_000), new Limit(LimitUnit.MicroUsd, LimitWindow.Day, 5)], caller.Tenant.Limits);
        Assert.True(caller.Tenant.MayUse("gpt-4o") && !caller.Tenant.MayUse("gpt-5"));
        Assert.Equal((TimeSpan.FromSeconds(5), true), (caller.Tenant.Timeout, caller.Tenant.FiltersElsewhere));
        Assert.True(caller.Tenant.MayAsk("a") && !caller.Tenant.MayAsk("b"));
        Assert.True(caller.Tenant.MayReach("eastus") && !caller.Tenant.MayReach("westus"));
        Assert.Empty(log.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData("true", true)]
    [InlineData(false, false)]
    [InlineData(null, false)]
    public async Task FindAsync_KeyReadsTheTenant_OnlyWhereItsRowSaysSo(object? column, bool reads)
    {
        await PutKeyAsync(("ReadsTenant", column!));
        await PutTenantAsync();
        Assert.Equal(reads, (await FindAsync())!.ReadsTenant);
    }

    [Fact]
    public async Task FindAsync_BareRows_HaveTheDefaults()
    {
        await PutKeyAsync();
        await PutTenantAsync();

        var tenant = (await FindAsync())!.Tenant;

        Assert.Empty(tenant.Limits);
        Assert.Equal((null, null, false, OutagePolicy.Refuse), (tenant.Models, tenant.Regions, tenant.Strict, tenant.OnBudgetOutage));
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData(null, true)]
    public async Task FindAsync_EmptyList_AllowsNothing_AbsentOneEverything(string? models, bool may)
    {
        await PutKeyAsync();
        await PutTenantAsync(("Models", models), ("Limits", "[]"));
        Assert.Equal(may, (await FindAsync())!.Tenant.MayUse("gpt-4o"));
    }

    [Fact]
    public async Task FindAsync_UnknownKey_IsNobodys()
    {
        await PutKeyAsync();
        await PutTenantAsync();
        Assert.Null(await tenants.FindAsync(KeyHash.Of(Key + "x"), default));
    }

    [Fact]
    public async Task FindAsync_TenantMissing_IsNobodys()
    {
        await PutKeyAsync();
        Assert.Null(await FindAsync());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData("true", false)]
    [InlineData(false, true)]
    public async Task FindAsync_KeyDisabled_IsNobodys(object disabled, bool found)
    {
        await PutKeyAsync(("Disabled", disabled));
        await PutTenantAsync();
        Assert.Equal(found, await FindAsync() is not null);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData("true", false)]
    [InlineData(false, true)]
    public async Task FindAsync_TenantDisabled_IsNobodys(object disabled, bool found)
    {
        await PutKeyAsync();
        await PutTenantAsync(("Disabled", disabled));
        Assert.Equal(found, await FindAsync() is not null);
    }

    [Fact]
    public async Task FindAsync_DisabledRowWithMistakes_IsNobodys()
    {
        await PutKeyAsync();
        await PutTenantAsync(("Disabled", true), ("Limits", "?"));
        Assert.Null(await FindAsync());
        Assert.Empty(log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task FindAsync_KeyExpiresWhileCached_IsNobodysFromThatMoment()
    {
        await PutKeyAsync(("Expires", Some.Now.AddSeconds(3)));
        await PutTenantAsync();

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(await FindAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync());

        Assert.Equal(2, wire.Requests);
    }

    [Theory]
    [MemberData(nameof(BadRows))]
    public async Task FindAsync_BadRow_RefusesItsCalls_AndTellsTheOperatorOnce(string table, string column, object? value, string problem)
    {
        await PutKeyAsync(table == TableKey.Table ? [(column, value)] : []);
        await PutTenantAsync(table == TableTenant.Table ? [(column, value)] : []);

        var refused = await Assert.ThrowsAsync<CallerErrorException>(FindAsync);
        await Assert.ThrowsAsync<CallerErrorException>(FindAsync);

        Assert.Equal((403, "tenant_misconfigured", ErrorTypes.Permission), (refused.Status, refused.Code, refused.Type));
        Assert.All([table, column, "acme"], word => Assert.DoesNotContain(word, refused.Message, StringComparison.Ordinal));
        var line = Assert.Single(log.Collector.GetSnapshot()).Message;
        var row = table == TableKey.Table ? $"PartitionKey '{Hash.ToHex()[..2]}', RowKey '{Hash.ToHex()}'" : "PartitionKey 'acme', RowKey 'tenant'";
        Assert.StartsWith($"Table '{table}', {row} cannot be used", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_BadRowOfOneTenant_LeavesTheOthersAlone()
    {
        await PutKeyAsync();
        await PutTenantAsync();
        await PutAsync(TableTenant.Table, "other", TableTenant.RowKey, ("Limits", "?"));
        var other = KeyHash.Of("tg-another-key-of-the-tables");
        await PutAsync(TableKey.Table, other.ToHex()[..2], other.ToHex(), ("Tenant", "other"), ("Name", "dev"));

        await Assert.ThrowsAsync<CallerErrorException>(() => tenants.FindAsync(other, default).AsTask());
        Assert.NotNull(await FindAsync());
        Assert.Empty(await new TableDependency(account, [TableKey.Table, TableTenant.Table], time).FindProblemsAsync(default));
    }

    [Fact]
    public async Task FindAsync_RowMended_IsSeen()
    {
        await PutKeyAsync();
        await PutTenantAsync(("Limits", "?"));
        await Assert.ThrowsAsync<CallerErrorException>(FindAsync);

        await PutTenantAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.NotNull(await FindAsync());
    }

    [Fact]
    public async Task FindAsync_RowChanged_IsSeenAfterTenSeconds()
    {
        await PutKeyAsync();
        await PutTenantAsync();
        Assert.Empty((await FindAsync())!.Tenant.Limits);

        await PutTenantAsync(("Limits", """[{"unit":"requests","window":"day","amount":1}]"""));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty((await FindAsync())!.Tenant.Limits);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([new Limit(LimitUnit.Requests, LimitWindow.Day, 1)], (await FindAsync())!.Tenant.Limits);

        await PutKeyAsync(("Disabled", true));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task FindAsync_KeyMovedToAnotherTenant_IsTheOthers()
    {
        await PutKeyAsync();
        await PutTenantAsync();
        await PutAsync(TableTenant.Table, "other", TableTenant.RowKey);
        Assert.Equal("acme", (await FindAsync())!.Tenant.Id);

        await PutKeyAsync(("Tenant", "other"), ("Name", "moved"));
        time.Advance(TimeSpan.FromSeconds(10));

        var caller = await FindAsync();
        Assert.Equal(("other", "moved"), (caller!.Tenant.Id, caller.Key));
    }

    [Fact]
    public async Task FindAsync_ManyAtOnce_TakeTwoReads_AndAfterwardsNone()
    {
        await PutKeyAsync();
        await PutTenantAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync()));
        Assert.Equal(2, wire.Requests);
        await FindAsync();
        Assert.Equal(2, wire.Requests);
    }

    [Fact]
    public async Task FindAsync_Cached_AnswersAtOnceAndTakesNoMemory()
    {
        await PutKeyAsync(("Expires", Some.Now.AddDays(1)));
        await PutTenantAsync();
        Assert.NotNull(await FindAsync());
        Assert.True(HasAnswered(tenants.FindAsync(KeyHash.Of(Key), default)));

        const int Calls = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            HasAnswered(tenants.FindAsync(KeyHash.Of(Key), default));
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;

        // Without optimisation the compiler makes an async method's state an object; nothing else is made there either.
        var unoptimised = typeof(TableTenants).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true;
        Assert.InRange(each, 0, unoptimised ? 256 : 0);
    }

    [Fact]
    public async Task FindAsync_UnknownKey_IsReadOnceInTenSeconds_AndSeenWhenItComes()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await FindAsync());
        }
        Assert.Equal(1, wire.Requests);

        await PutKeyAsync();
        await PutTenantAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.NotNull(await FindAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAsync_FloodOfUnknownKeys_LeavesTheKnownOne(bool outage)
    {
        const int Capacity = 20;
        var small = new TableTenants(account, time, log, Capacity);
        await PutKeyAsync();
        await PutTenantAsync();
        Assert.NotNull(await small.FindAsync(Hash, default));

        wire.IsDown = outage;
        for (var i = 0; i < Capacity * 5; i++)
        {
            var unknown = small.FindAsync(KeyHash.Of($"tg-a-random-key-{i}"), default).AsTask();
            Assert.True(outage ? await Record.ExceptionAsync(() => unknown) is CallerErrorException { Status: 503 } : await unknown is null);
        }

        var asked = wire.Requests;
        Assert.NotNull(await small.FindAsync(Hash, default));
        Assert.Equal(asked, wire.Requests);
    }

    [Fact]
    public async Task FindAsync_Outage_KnownKeysGoOnForAnHour()
    {
        await PutKeyAsync();
        await PutTenantAsync();
        Assert.NotNull(await FindAsync());

        wire.IsDown = true;
        foreach (var minutes in (int[])[1, 20, 38])
        {
            time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.NotNull(await FindAsync());
        }
        time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<CallerErrorException>(FindAsync);

        wire.IsDown = false;
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(await FindAsync());
    }

    [Fact]
    public async Task FindAsync_OutageAndNothingKnown_Is503_AndToldOnceAPause()
    {
        wire.IsDown = true;
        var refused = await Assert.ThrowsAsync<CallerErrorException>(FindAsync);
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<CallerErrorException>(() => tenants.FindAsync(KeyHash.Of($"tg-a-random-key-{i}"), default).AsTask());
        }

        Assert.Equal((503, "tenant_directory_unavailable", ErrorTypes.Server, TimeSpan.FromSeconds(2)), (refused.Status, refused.Code, refused.Type, refused.RetryAfter));
        Assert.DoesNotContain("storage.example", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            "Tenants cannot be read; those read within the last hour go on. TOLLGATE_TABLES: the table service at storage.example cannot be reached.",
            Assert.Single(log.Collector.GetSnapshot()).Message);

        time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<CallerErrorException>(FindAsync);
        Assert.Equal(2, log.Collector.Count);
    }

    [Fact]
    public async Task FindAsync_TablesMissing_AreMadeAndEmpty()
    {
        await storage.DeleteTableAsync(TableKey.Table);
        await storage.DeleteTableAsync(TableTenant.Table);

        Assert.Null(await FindAsync());
        await PutKeyAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await FindAsync());
        await PutTenantAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await FindAsync());
    }

    private Task<Caller?> FindAsync() => tenants.FindAsync(Hash, default).AsTask();

    private static bool HasAnswered(ValueTask<Caller?> finding) => finding.IsCompletedSuccessfully;

    /// <summary>The key of tenant <c>acme</c>, with columns added, changed, or (null) left out.</summary>
    private Task PutKeyAsync(params (string Column, object? Value)[] columns) =>
        PutAsync(TableKey.Table, Hash.ToHex()[..2], Hash.ToHex(), [("Tenant", "acme"), ("Name", "dev"), .. columns]);

    private Task PutTenantAsync(params (string Column, object? Value)[] columns) => PutAsync(TableTenant.Table, "acme", TableTenant.RowKey, columns);

    private async Task PutAsync(string table, string partition, string row, params (string Column, object? Value)[] columns)
    {
        var entity = new TableEntity(partition, row);
        foreach (var (column, value) in columns)
        {
            entity[column] = value;
        }
        await storage.GetTableClient(table).UpsertEntityAsync(entity, TableUpdateMode.Replace);
    }

    /// <summary>What the gateway asks of the storage; down, it fails as a refused connection does.</summary>
    private sealed class Wire : HttpPipelinePolicy
    {
        private int requests;

        public int Requests => requests;

        public bool IsDown { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Interlocked.Increment(ref requests);
            return IsDown ? throw new RequestFailedException("Connection refused (with-a-secret)") : ProcessNextAsync(message, pipeline);
        }
    }
}
