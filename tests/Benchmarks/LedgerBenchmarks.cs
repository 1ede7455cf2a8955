using BenchmarkDotNet.Attributes;
using Microsoft.Data.Sqlite;
using Tollgate.Conversation;
using Tollgate.Ledger;

namespace Tollgate.Benchmarks;

/// <summary>What a call costs in the SQLite ledger: its opening, and its row among those that are written together.</summary>
[MemoryDiagnoser]
public class LedgerBenchmarks : IDisposable
{
    private const int Rows = 250;

    private readonly string directory = Directory.CreateTempSubdirectory("tollgate-bench-").FullName;
    private readonly UsageWrite[] rows = new UsageWrite[Rows];
    private readonly OpenedCall[] opened = new OpenedCall[1];
    private readonly CallsUnderWay underWay;
    private readonly SqliteConnection connection;

    public LedgerBenchmarks()
    {
        var file = Path.Combine(directory, "usage.db");
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        UsageTable.Create(connection);
        underWay = new CallsUnderWay(file);
    }

    [Benchmark]
    public void Open()
    {
        opened[0] = Call();
        underWay.TryAdd(opened[0]);
        underWay.Remove(opened);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void WriteSettled()
    {
        for (var i = 0; i < Rows; i++)
        {
            var call = Call();
            rows[i] = new UsageWrite(call, new SettledCall(call)
            {
                Deployment = "gpt-4o-eu",
                Provider = "azure-eu",
                Region = "westeurope",
                Usage = new TokenUsage { Prompt = 1_200, CacheRead = 200, Completion = 350 },
                CostMicroUsd = 5_100,
                PriceVersion = "2026-11-01",
                HttpStatus = 200,
                Attempts = 1,
                TotalMs = 812.4,
            });
        }
        UsageTable.Write(connection, rows);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        underWay.Dispose();
        connection.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static OpenedCall Call() => new()
    {
        RequestId = RequestId.New(DateTimeOffset.UtcNow),
        OpenedAt = DateTimeOffset.UtcNow,
        ReservedAt = DateTimeOffset.UtcNow,
        Tenant = "acme",
        Key = "app",
        Model = "gpt-4o",
        Leases = ["0123456789abcdef0123456789abcdef"],
        BoundTokens = 5_096,
        BoundMicroUsd = 43_000,
    };
}
