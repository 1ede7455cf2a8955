using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tollgate.Admission;
using Tollgate.Telemetry;

namespace Tollgate.Budgets;

/// <summary>
/// All that this instance holds of budgets. A call is admitted out of leases in hand, in memory; the authority is asked ahead of need, or
/// when they do not suffice.
/// </summary>
internal sealed class LeaseBook : IAsyncDisposable
{
    /// <summary>How often what is due is told.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>An authority that did not answer is not asked again for so long.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>How long the end of the process waits until what is held is given back.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>How often a call asks for more of a scope before it is refused.</summary>
    private const int MostTries = 8;

    /// <summary>Messages of the timer that are on their way at a time.</summary>
    private const int AtATime = 32;

    private readonly ConcurrentDictionary<string, ScopeBook> scopes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ScopeBook, TaskCompletionSource> asking = [];
    private readonly string instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly IBudgetAuthority authority;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private long? silentSince;
    private long made;
    private Task telling = Task.CompletedTask;

    public LeaseBook(IBudgetAuthority authority, TimeProvider time)
    {
        (this.authority, this.time) = (authority, time);
        timer = time.CreateTimer(_ => _ = TellDueAsync(), null, Tick, Tick);
        GatewayMeter.LeasesHeld.Join(this, CountHeld);
    }

    /// <summary>Holds a call's bound in all its scopes until it is settled; its output is lowered to what remains.</summary>
    /// <exception cref="BudgetRefusedException">A limit leaves no room, not even for the least output.</exception>
    /// <exception cref="BudgetUnavailableException">The leases in hand do not suffice, and the authority does not answer.</exception>
    public ValueTask<Reservation> ReserveAsync(IReadOnlyList<BudgetScope> charged, CallBound bound, CancellationToken cancellationToken)
    {
        ScopeBook[] books;
        Reservation reservation;
        int lacking;
        do
        {
            books = FindAll(charged);
            reservation = new Reservation(books, bound);
            lacking = reservation.TryHold(bound.OutputTokens, time.GetUtcNow());
        }
        while (lacking == Reservation.Retired);
        if (lacking >= 0)
        {
            return authority.IsShared
                ? WaitAndReserveAsync(charged, reservation, books, lacking, bound, cancellationToken)
                : AskAndReserveAsync(charged, reservation, books, lacking, bound, cancellationToken);
        }
        if (reservation.RunsLow)
        {
            _ = AskAheadAsync(books);
        }
        return ValueTask.FromResult(reservation);
    }

    /// <summary>Holds a call's bound whatever there is. What it uses is told when the authority answers again.</summary>
    public Reservation ReserveUnchecked(IReadOnlyList<BudgetScope> charged, CallBound bound)
    {
        var reservation = new Reservation(FindAll(charged), bound);
        reservation.HoldUnchecked(time.GetUtcNow());
        return reservation;
    }

    /// <summary>Notes that a call was turned away, so that the limit counts as used up where that is why.</summary>
    /// <param name="charged">The call's scopes.</param>
    /// <param name="bound">The least it was tried with.</param>
    /// <param name="refused">Why.</param>
    public void NoteRefused(IReadOnlyList<BudgetScope> charged, in CallBound bound, BudgetRefusedException refused)
    {
        foreach (var scope in charged)
        {
            if (scope.Kind == refused.Scope && scopes.TryGetValue(scope.Id, out var book))
            {
                lock (book.Gate)
                {
                    book.NoteRefused(refused.Standing.Limit, bound);
                }
            }
        }
    }

    /// <summary>Gives back what no call holds. What cannot be told comes back when its leases expire.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        GatewayMeter.LeasesHeld.Leave(this);
        try
        {
            await Parallel.ForEachAsync(scopes.Values, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, (book, _) => TellQuietlyAsync(book, static book => book.GiveBack()))
                .WaitAsync(Farewell, time);
        }
        catch (TimeoutException)
        {
            // The process has to end.
        }
    }

    /// <summary>What is held of a scope.</summary>
    internal ScopeBook Find(BudgetScope scope)
    {
        if (!scopes.TryGetValue(scope.Id, out var book))
        {
            book = scopes.GetOrAdd(scope.Id, new ScopeBook(scope, string.Create(CultureInfo.InvariantCulture, $"{instance}.{Interlocked.Increment(ref made)}"), authority.IsShared, time));
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

    private ScopeBook[] FindAll(IReadOnlyList<BudgetScope> charged)
    {
        var books = charged.Count == 0 ? [] : new ScopeBook[charged.Count];
        for (var i = 0; i < books.Length; i++)
        {
            books[i] = Find(charged[i]);
        }
        return books;
    }

    private long CountHeld() => scopes.Values.Count(static book =>
    {
        lock (book.Gate)
        {
            return book.LeaseId is not null;
        }
    });

    private async ValueTask<Reservation> WaitAndReserveAsync(IReadOnlyList<BudgetScope> charged, Reservation reservation, ScopeBook[] books, int lacking, CallBound bound, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            return await AskAndReserveAsync(charged, reservation, books, lacking, bound, cancellationToken);
        }
        finally
        {
            GatewayMeter.AddLeaseWait(time.GetElapsedTime(startedAt));
        }
    }

    private async ValueTask<Reservation> AskAndReserveAsync(IReadOnlyList<BudgetScope> charged, Reservation reservation, ScopeBook[] books, int lacking, CallBound bound, CancellationToken cancellationToken)
    {
        var least = Math.Min(BoundMath.LeastOutput, bound.OutputTokens);
        var asked = 0;
        for (var tries = 0; ; tries++)
        {
            // A question asked before this call came does not know of it. An answer may have left something for others, who did not want it.
            var own = IsHopeless(books[lacking], bound)
                || (await AskAsync(books[lacking], bound, cancellationToken) && (!authority.IsShared || tries >= MostTries || IsHopeless(books[lacking], bound)));
            var still = reservation.TryHold(bound.OutputTokens, time.GetUtcNow());
            if (still < 0)
            {
                return still == Reservation.Retired ? await ReserveAsync(charged, bound, cancellationToken) : reservation;
            }
            asked |= own ? 1 << lacking : 0;
            if ((asked & (1 << still)) != 0)
            {
                still = reservation.TryHold(least, time.GetUtcNow());
                if (still < 0)
                {
                    return still == Reservation.Retired ? await ReserveAsync(charged, bound, cancellationToken) : reservation;
                }
                if ((asked & (1 << still)) != 0)
                {
                    var refusal = Refusal(books[still], bound);
                    if (authority.IsShared && refusal.WaitsForOthers)
                    {
                        // What is too little for anybody may be enough together.
                        _ = TellQuietlyAsync(books[still], static book => book.GiveUpRest()).AsTask();
                    }
                    throw refusal;
                }
            }
            lacking = still;
        }
    }

    private static bool IsHopeless(ScopeBook book, in CallBound bound)
    {
        lock (book.Gate)
        {
            return book.IsHopeless(bound);
        }
    }

    /// <summary>Takes a lease that waits, asks the authority for more of a scope, or waits for the question under way.</summary>
    /// <returns>Whether the authority was asked for this call.</returns>
    internal async ValueTask<bool> AskAsync(ScopeBook book, CallBound bound, CancellationToken cancellationToken)
    {
        var question = NewQuestion();
        HeldLine[] waiting;
        bool wantsLease;
        lock (book.Gate)
        {
            if (book.IsRetired)
            {
                return false;
            }
            book.Roll(time.GetUtcNow());
            book.Await(bound);
            (waiting, wantsLease) = (book.Lines, book.WantsLease);
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
                if (wantsLease && await TryClaimAsync(book))
                {
                    return false;
                }
                await TellAsync(book, static book => book.Ask(), isAwaited: true);
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

    /// <summary>The authority hears of it afterwards: nobody waits for that.</summary>
    private async ValueTask<bool> TryClaimAsync(ScopeBook book)
    {
        var startedAt = time.GetTimestamp();
        if (await authority.ClaimAsync(book.Scope, time.GetUtcNow(), CancellationToken.None) is not { } claimed)
        {
            GatewayMeter.AddLeaseClaim(isTaken: false);
            return false;
        }
        GatewayMeter.AddLeaseClaim(isTaken: true);
        bool taken;
        lock (book.Gate)
        {
            taken = book.TryTake(claimed, startedAt, time.GetUtcNow());
        }
        _ = TellQuietlyAsync(book, static book => book.Ask()).AsTask();
        return taken;
    }

    private async Task AskAheadAsync(ScopeBook[] books)
    {
        foreach (var book in books)
        {
            var question = NewQuestion();
            if (!asking.TryAdd(book, question))
            {
                continue;
            }
            try
            {
                await TellQuietlyAsync(book, static book => book.AskAhead());
            }
            finally
            {
                asking.TryRemove(book, out _);
                question.SetResult();
            }
        }
    }

    private ValueTask TellAsync(ScopeBook book, Func<ScopeBook, IReadOnlyList<LeaseReport>> messages, bool isAwaited)
    {
        if (authority.IsShared)
        {
            return TellOthersAsync(book, messages, isAwaited);
        }
        // Answered at once: nobody is to see a lease that was left and not yet given back.
        lock (book.Gate)
        {
            foreach (var report in messages(book))
            {
                book.Absorb(report.LeaseId, authority.TellAsync(book.Scope.Id, report, isAwaited, CancellationToken.None).AsTask().GetAwaiter().GetResult());
            }
        }
        return ValueTask.CompletedTask;
    }

    private async ValueTask TellOthersAsync(ScopeBook book, Func<ScopeBook, IReadOnlyList<LeaseReport>> messages, bool isAwaited)
    {
        if (silentSince is { } since && time.GetElapsedTime(since) < Silence)
        {
            throw new BudgetUnavailableException("The budget authority did not answer a moment ago.");
        }
        IReadOnlyList<LeaseReport> reports;
        lock (book.Gate)
        {
            reports = messages(book);
        }
        foreach (var report in reports)
        {
            LeaseView view;
            try
            {
                view = await authority.TellAsync(book.Scope.Id, report, isAwaited, CancellationToken.None);
            }
            catch (BudgetUnavailableException)
            {
                silentSince = time.GetTimestamp();
                GatewayMeter.AddLeaseMessage(isAwaited, isAnswered: false);
                throw;
            }
            silentSince = null;
            GatewayMeter.AddLeaseMessage(isAwaited, isAnswered: true);
            lock (book.Gate)
            {
                book.Absorb(report.LeaseId, view);
            }
        }
    }

    /// <summary>For messages nobody waits for: what did not arrive is said again at the next tick.</summary>
    private async ValueTask TellQuietlyAsync(ScopeBook book, Func<ScopeBook, IReadOnlyList<LeaseReport>> messages)
    {
        try
        {
            await TellAsync(book, messages, isAwaited: false);
        }
        catch (BudgetUnavailableException)
        {
            // The authority's adapter has said why.
        }
    }

    /// <summary>One round of the timer, or the one that is under way.</summary>
    internal Task TellDueAsync()
    {
        lock (scopes)
        {
            return telling.IsCompleted ? telling = RunAsync() : telling;
        }

        Task RunAsync() => Parallel.ForEachAsync(scopes, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (entry, _) =>
        {
            await TellQuietlyAsync(entry.Value, book => book.Due(time.GetUtcNow()));
            lock (entry.Value.Gate)
            {
                if (entry.Value.IsIdle && !asking.ContainsKey(entry.Value))
                {
                    entry.Value.IsRetired = true;
                    scopes.TryRemove(entry);
                }
            }
        });
    }

    private static TaskCompletionSource NewQuestion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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
            var fitsAlone = bound.OutputThatFits(tightest.Limit.Unit, ScopeBook.MostFree(tightest)) >= Math.Min(BoundMath.LeastOutput, bound.OutputTokens);
            return new BudgetRefusedException(book.Scope.Kind, book.StandingOf(tightest), waitsForOthers: fitsAlone, now);
        }
    }
}
