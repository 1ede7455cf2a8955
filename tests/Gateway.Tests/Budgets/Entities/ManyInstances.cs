using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

/// <summary>
/// One tenant's calls, spread at random over many instances, in virtual time: what its entity is told, what is read of it, which waiting leases are
/// taken. The instances' books and the entity's state machine are the real ones; messages arrive at once.
/// </summary>
internal sealed class ManyInstances : IBudgetAuthority, IAsyncDisposable
{
    private static readonly TimeSpan CallTakes = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly BudgetState state = new();
    private readonly BudgetScope scope;
    private readonly LeaseBook[] books;
    private readonly Queue<(DateTimeOffset EndsAt, Reservation Call)> underWay = new();
    private readonly Random random = new(1);
    private DateTimeOffset tendsAt = DateTimeOffset.MaxValue;

    public ManyInstances(int instances, params Limit[] limits)
    {
        scope = BudgetScope.Of(LimitScope.Tenant, Fleet.Scope, limits, 0, TimeZoneInfo.Utc)!;
        books = [.. Enumerable.Range(0, instances).Select(_ => new LeaseBook(this, time))];
    }

    public bool IsShared => true;

    public long Calls { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Runs of the entity.</summary>
    public long Operations { get; private set; }

    /// <summary>Reads of its state, where a caller waits counted as three.</summary>
    public long Reads { get; private set; }

    /// <summary>Requests to table <c>Leases</c>.</summary>
    public long LeaseRequests { get; private set; }

    /// <summary>Calls that waited for the entity.</summary>
    public long Waited { get; private set; }

    /// <summary>Calls that waited for a lease to be taken from the table.</summary>
    public long Claims { get; private set; }

    /// <summary>Lets so many calls come each second, at random.</summary>
    public async Task RunAsync(double rate, TimeSpan duration)
    {
        var end = time.GetUtcNow() + duration;
        while (time.GetUtcNow() < end)
        {
            for (var due = rate * Step.TotalSeconds; due >= 1 || (due > 0 && random.NextDouble() < due); due--)
            {
                await CallAsync(books[random.Next(books.Length)]);
            }
            time.Advance(Step);
            while (underWay.TryPeek(out var oldest) && oldest.EndsAt <= time.GetUtcNow())
            {
                underWay.Dequeue().Call.Settle(400, 0);
            }
            if (tendsAt <= time.GetUtcNow())
            {
                Tend();
            }
        }
    }

    /// <summary>Forgets what was counted: the first minutes are not what goes on.</summary>
    public void StartCounting() => (Calls, Refused, Operations, Reads, LeaseRequests, Waited, Claims) = (0, 0, 0, 0, 0, 0, 0);

    public ValueTask<LeaseView> TellAsync(string told, LeaseReport report, bool isAwaited, CancellationToken cancellationToken)
    {
        lock (state)
        {
            Operations++;
            Reads += report.Ends ? 0 : isAwaited ? 3 : 1;
            Waited += isAwaited ? 1 : 0;
            state.MintWanted = state.IsNew(report.LeaseId) && !report.Ends ? Math.Min(state.MintWanted + 1, BudgetState.MostMinted) : state.MintWanted;
            state.Apply(report, time.GetUtcNow());
            var before = state.MintedSoFar;
            state.MintMissing(Fleet.Scope, time.GetUtcNow());
            if (state.MintedSoFar > before)
            {
                // It tells itself to show them, all in one operation.
                Operations++;
                LeaseRequests++;
                foreach (var id in state.Minted.Where(minted => !minted.Value.IsShown).Select(minted => minted.Key).ToList())
                {
                    LeaseRequests++;
                    state.Show(id);
                }
            }
            tendsAt = state.NextExpiry is { } expiry && expiry < tendsAt ? expiry : tendsAt;
            return ValueTask.FromResult(report.Ends ? LeaseView.Ended : state.View(report.LeaseId));
        }
    }

    public ValueTask<ClaimedLease?> ClaimAsync(BudgetScope claimed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (state)
        {
            LeaseRequests++;
            if (state.Minted.FirstOrDefault(minted => minted.Value.IsShown) is not { Key: { } id, Value: var lease })
            {
                return ValueTask.FromResult<ClaimedLease?>(null);
            }
            LeaseRequests++;
            Claims++;
            var windows = lease.Grants.ToDictionary(grant => grant.Limit, grant => scope.WindowOf(grant.Limit, now));
            state.Claim(id, windows, now);
            return ValueTask.FromResult<ClaimedLease?>(new(id, lease.TermsVersion, [.. lease.Grants.Select(grant => new GrantView(grant.Limit, windows[grant.Limit], grant.Amount, grant.Left, 0))]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var book in books)
        {
            await book.DisposeAsync();
        }
    }

    private async ValueTask CallAsync(LeaseBook book)
    {
        Calls++;
        try
        {
            underWay.Enqueue((time.GetUtcNow() + CallTakes, await book.ReserveAsync([scope], new CallBound(300, 1_000, 1, 0, 0), CancellationToken.None)));
        }
        catch (BudgetRefusedException)
        {
            Refused++;
        }
    }

    private void Tend()
    {
        lock (state)
        {
            Operations++;
            state.Expire(time.GetUtcNow());
            tendsAt = state.NextExpiry ?? DateTimeOffset.MaxValue;
        }
    }
}
