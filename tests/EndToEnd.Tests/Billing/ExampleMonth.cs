using Tollgate.Conversation;
using Tollgate.Ledger;

namespace Tollgate.EndToEnd.Tests.Billing;

/// <summary>The calls that docs/billing.md bills: November 2026 of tenant <c>acme</c>, and some of another tenant. The same each time.</summary>
internal static class ExampleMonth
{
    /// <summary>When it is billed: its days are over.</summary>
    public static readonly DateTimeOffset BilledAt = new(2026, 12, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Begin = new(2026, 11, 1, 0, 30, 0, TimeSpan.Zero);

    /// <summary>Names with their prices: micro-USD for a token read, read from the cache, written.</summary>
    private static readonly (string Model, decimal Input, decimal Cached, decimal Output)[] Models = [("claude-sonnet-4-5", 3m, 0.3m, 15m), ("gpt-4o-mini", 0.15m, 0.075m, 0.6m)];

    public static IEnumerable<SettledCall> Calls => [.. Enumerable.Range(0, 300).Select(i => Call(i, "acme")), .. Enumerable.Range(0, 20).Select(i => Call(i * 15, "globex"))];

    /// <summary>One that was left open by an instance that died, and is not closed yet.</summary>
    public static OpenedCall Open => Opened(300, "acme", Begin.AddDays(29));

    private static SettledCall Call(int i, string tenant)
    {
        var opened = Opened(i, tenant, Begin.AddMinutes(i * 144));
        if (i == 123)
        {
            return new SettledCall(opened) { Status = CallStatus.Failed, HttpStatus = 502, Attempts = 3 };
        }
        var price = Models.Single(model => model.Model == opened.Model);
        var (prompt, completion) = (200 + (i * 7919 % 1800), 50 + (i * 104729 % 600));
        var cached = i % 6 == 0 ? prompt / 2 : 0;
        return new SettledCall(opened)
        {
            Usage = new TokenUsage { Prompt = prompt, CacheRead = cached, Completion = completion },
            CostMicroUsd = (long)Math.Ceiling(((prompt - cached) * price.Input) + (cached * price.Cached) + (completion * price.Output)),
            Estimated = i == 222,
            HttpStatus = 200,
            Attempts = 1,
            TotalMs = 900,
        };
    }

    private static OpenedCall Opened(int i, string tenant, DateTimeOffset at) => new()
    {
        RequestId = RequestId.New(at),
        OpenedAt = at,
        Tenant = tenant,
        Key = i % 5 == 0 ? "batch" : "app",
        Model = Models[i % 3 == 0 ? 0 : 1].Model,
        User = i % 4 == 0 ? null : $"u-{i % 4}",
    };
}
