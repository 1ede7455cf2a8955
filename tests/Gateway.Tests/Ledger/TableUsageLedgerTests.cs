using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Testing;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Ledger;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Ledger;

[Collection(WithAzurite.Name)]
public sealed class TableUsageLedgerTests : UsageLedgerContract
{
    private readonly Wire wire = new();
    private readonly TableClient table;
    private readonly TableAccount account;

    public TableUsageLedgerTests(AzuriteServer azurite)
    {
        var setting = azurite.NewAccount();
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

    private protected override IUsageLedger Open(int capacity) => new TableUsageLedger(account, Time, new FakeLogger<TableUsageLedger>(Logs), capacity);

    private protected override void Break() => wire.Fails = true;

    private protected override void Repair() => wire.Fails = false;

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

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "1" : "0",
        DateTimeOffset at => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>What the ledger asks of the storage.</summary>
    private sealed class Wire : HttpPipelinePolicy
    {
        /// <summary>As a refused connection does.</summary>
        public bool Fails { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            Fails ? throw new RequestFailedException("Connection refused (with-a-secret)") : ProcessNextAsync(message, pipeline);
    }
}
