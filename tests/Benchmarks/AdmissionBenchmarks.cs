using BenchmarkDotNet.Attributes;
using Tollgate.Admission;
using Tollgate.Tenants;

namespace Tollgate.Benchmarks;

/// <summary>What it costs to know the caller and to hold and settle a budget of three limits.</summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks
{
    private static readonly CallBound Bound = new(PromptTokens: 1_000, OutputTokens: 4_096, Choices: 1, PromptMicroUsd: 2_500, OutputRate: 10);

    private readonly InProcessBudgets budgets = new(TimeProvider.System);
    private readonly Tenant tenant = new("acme")
    {
        Limits =
        [
            new Limit(LimitUnit.Tokens, LimitWindow.Month, long.MaxValue / 2048),
            new Limit(LimitUnit.MicroUsd, LimitWindow.Month, long.MaxValue / 2048),
            new Limit(LimitUnit.Requests, LimitWindow.Minute, long.MaxValue / 2048),
        ],
    };

    [Benchmark]
    public void ReserveAndSettle() => budgets.Reserve(tenant, Bound).Settle(1_100, 3_500);

    [Benchmark]
    public long HashKey() => KeyHash.Of("tg-0123456789abcdef0123456789abcdef").Prefix;
}
