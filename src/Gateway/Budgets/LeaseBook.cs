using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>
/// All that this instance holds of budgets. A call is admitted out of leases in hand, in memory; the authority is asked ahead of need, or
/// when they do not suffice.
/// </summary>
internal sealed class LeaseBook : IAsyncDisposable
{
    /// <summary>How often what is due is told.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ScopeBook> scopes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ScopeBook, TaskCompletionSource> asking = [];
    private readonly string instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly IBudgetAuthority authority;
    private readonly TimeProvider time;
    private readonly ITimer? timer;

    public LeaseBook(IBudgetAuthority authority, TimeProvider time)
    {
        (this.authority, this.time) = (authority, time);
        timer = authority.IsShared ? time.CreateTimer(_ => _ = TellDueAsync(), null, Tick, Tick) : null;
    }

    /// <summary>Holds a call's bound in all its scopes until it is settled; its output is lowered to what remains.</summary>
    /// <exception cref="BudgetRefusedException">A limit leaves no room, not even for the least output.</exception>
    /// <exception cref="BudgetUnavailableException">The leases in hand do not suffice, and the authority does not answer.</exception>
    public ValueTask<Reservation> ReserveAsync(IReadOnlyList<BudgetScope> charged, CallBound bound, CancellationToken cancellationToken)
    {
        var books = charged.Count == 0 ? [] : new ScopeBook[charged.Count];
        for (var i = 0; i < books.Length; i++)
        {
            books[i] = Find(charged[i]);
        }
        var reservation = new Reservation(books, bound);
        return reservation.TryHold(bound.OutputTokens, time.GetUtcNow()) is var lacking and >= 0
            ? AskAndReserveAsync(reservation, books, lacking, bound, cancellationToken)
            : ValueTask.FromResult(reservation);
    }

    /// <summary>Tells the authority nothing more. What is still held comes back when its leases expire.</summary>
    public async ValueTask DisposeAsync()
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }
    }

    /// <summary>What is held of a scope.</summary>
    internal ScopeBook Find(BudgetScope scope)
    {
        if (!scopes.TryGetValue(scope.Id, out var book))
        {
            book = scopes.GetOrAdd(scope.Id, new ScopeBook(scope, instance, authority.IsShared, time));
        }
        if (book.Scope.Terms.Version != scope.Terms.Version)
        {
            lock (book.Gate)
            {
                book.Adopt(scope);
            }
        }
        return book;
    }

    private async ValueTask<Reservation> AskAndReserveAsync(Reservation reservation, ScopeBook[] books, int lacking, CallBound bound, CancellationToken cancellationToken)
    {
        var least = Math.Min(BoundMath.LeastOutput, bound.OutputTokens);
        var asked = 0;
        while (true)
        {
            // A question asked before this call came does not know of it.
            var own = await AskAsync(books[lacking], bound, cancellationToken);
            if (reservation.TryHold(bound.OutputTokens, time.GetUtcNow()) is var still && still < 0)
            {
                return reservation;
            }
            asked |= own ? 1 << lacking : 0;
            if ((asked & (1 << still)) != 0)
            {
                still = reservation.TryHold(least, time.GetUtcNow());
                if (still < 0)
                {
                    return reservation;
                }
                if ((asked & (1 << still)) != 0)
                {
                    throw Refusal(books[still], bound);
                }
            }
            lacking = still;
        }
    }

    /// <summary>Asks the authority for more of a scope, or waits for the question under way.</summary>
    /// <returns>Whether the question was asked for this call.</returns>
    internal async ValueTask<bool> AskAsync(ScopeBook book, CallBound bound, CancellationToken cancellationToken)
    {
        var question = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HeldLine[] waiting;
        lock (book.Gate)
        {
            book.Roll(time.GetUtcNow());
            book.Await(bound);
            waiting = book.Lines;
        }
        try
        {
            var asked = asking.GetOrAdd(book, question);
            if (asked != question)
            {
                await asked.Task.WaitAsync(cancellationToken);
                return false;
            }
            try
            {
                await TellAsync(book, book => book.Ask());
                return true;
            }
            finally
            {
                asking.TryRemove(book, out _);
                question.SetResult();
            }
        }
        finally
        {
            lock (book.Gate)
            {
                ScopeBook.AwaitNoLonger(waiting, bound);
            }
        }
    }

    private async ValueTask TellAsync(ScopeBook book, Func<ScopeBook, IReadOnlyList<LeaseReport>> messages)
    {
        IReadOnlyList<LeaseReport> reports;
        lock (book.Gate)
        {
            reports = messages(book);
        }
        foreach (var report in reports)
        {
            var view = await authority.TellAsync(book.Scope.Id, report, CancellationToken.None);
            lock (book.Gate)
            {
                book.Absorb(report.LeaseId, view);
            }
        }
    }

    private async Task TellDueAsync()
    {
        foreach (var (id, book) in scopes)
        {
            try
            {
                await TellAsync(book, book => book.Due(time.GetUtcNow()));
            }
            catch (BudgetUnavailableException)
            {
                // Said again at the next tick.
            }
            lock (book.Gate)
            {
                if (book.IsIdle)
                {
                    scopes.TryRemove(KeyValuePair.Create(id, book));
                }
            }
        }
    }

    private BudgetRefusedException Refusal(ScopeBook book, in CallBound bound)
    {
        var now = time.GetUtcNow();
        lock (book.Gate)
        {
            var tightest = book.Lines[0];
            foreach (var line in book.Lines)
            {
                if (bound.OutputThatFits(line.Limit.Unit, line.Free) < Math.Min(BoundMath.LeastOutput, bound.OutputTokens))
                {
                    tightest = line;
                    break;
                }
            }
            // What others hold, and what calls under way hold here, may come back.
            var within = tightest.Left + tightest.HeldByOthers + (tightest.Granted - tightest.Spent);
            var fitsAlone = bound.OutputThatFits(tightest.Limit.Unit, within) >= Math.Min(BoundMath.LeastOutput, bound.OutputTokens);
            return new BudgetRefusedException(book.Scope.Kind, book.StandingOf(tightest), waitsForOthers: fitsAlone, now);
        }
    }
}
