using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate.Gateway.Tests.Budgets;

/// <summary>One tenant's budget in this process, asked as an instance would.</summary>
internal sealed class BudgetAccount : IAsyncDisposable
{
    private readonly LeaseBook book;
    private long version;
    private BudgetScope[] scopes = [];

    public BudgetAccount(IReadOnlyList<Limit> limits, TimeProvider time)
    {
        book = new LeaseBook(new InProcessBudgets(time), time);
        Adopt(limits);
    }

    public void Adopt(IReadOnlyList<Limit> limits) =>
        scopes = BudgetScope.Of(LimitScope.Tenant, "tenant:t", limits, version++, TimeZoneInfo.Utc) is { } scope ? [scope] : [];

    public ValueTask DisposeAsync() => book.DisposeAsync();

    /// <summary>The authority in process answers at once: this waits for other threads' questions at the most.</summary>
    public Reservation Reserve(CallBound bound) =>
        book.ReserveAsync(scopes, bound with { Choices = Math.Max(1, bound.Choices) }, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public long? Remaining(LimitUnit unit)
    {
        long? least = null;
        foreach (var scope in scopes)
        {
            ScopeBook held;
            do
            {
                held = book.Find(scope);
                book.AskAsync(held, new CallBound(0, 0, 1, 0, 0), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
            while (held.IsRetired);
            foreach (var line in held.Lines.Where(line => line.Limit.Unit == unit))
            {
                least = Math.Min(least ?? long.MaxValue, line.Left + line.Free);
            }
        }
        return least;
    }
}
