using BenchmarkDotNet.Attributes;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Tenants;

namespace Tollgate.Benchmarks;

/// <summary>What it costs to know the caller and to hold and settle a budget of three limits.</summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks : IAsyncDisposable
{
    private static readonly CallBound Bound = new(PromptTokens: 1_000, OutputTokens: 4_096, Choices: 1, PromptMicroUsd: 2_500, OutputRate: 10);

    private static readonly Limit[] Limits =
    [
        new(LimitUnit.Tokens, LimitWindow.Month, long.MaxValue / 2048),
        new(LimitUnit.MicroUsd, LimitWindow.Month, long.MaxValue / 2048),
        new(LimitUnit.Requests, LimitWindow.Minute, long.MaxValue / 2048),
    ];

    private readonly LeaseBook budgets = new(new InProcessBudgets(TimeProvider.System), TimeProvider.System);
    private readonly Caller caller = new(new Tenant("acme") { Limits = Limits }, "dev");

    [Benchmark]
    public async ValueTask ReserveAndSettle() => (await budgets.ReserveAsync(caller.Scopes, Bound, CancellationToken.None)).Settle(1_100, 3_500);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await budgets.DisposeAsync();
    }

    [Benchmark]
    public long HashKey() => KeyHash.Of("tg-0123456789abcdef0123456789abcdef").Prefix;
}
