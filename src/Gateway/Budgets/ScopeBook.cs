using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>
/// What an instance holds of one scope's budget. Synchronous: it says what to send and takes in what came back; <see cref="LeaseBook"/>
/// does the sending. All but <see cref="Gate"/> is used with the gate held.
/// </summary>
/// <param name="first">Whose budget.</param>
/// <param name="name">Unique for all time, among the books that this scope has had too: the leases' ids begin with it.</param>
/// <param name="isShared">Other instances hold leases of it too: take what is needed. Else: all there is.</param>
/// <param name="time">The clock.</param>
internal sealed class ScopeBook(BudgetScope first, string name, bool isShared, TimeProvider time)
{
    /// <summary>A lease on which nothing happens is given back after so long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>What is held is told at least so often.</summary>
    public static readonly TimeSpan ToldEvery = BudgetState.LeaseLife / 3;

    /// <summary>A lease is replaced by another after so long, so that its rows in the ledger are few enough to be summed.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromMinutes(5);

    /// <summary>An answer that nothing is left is good for so long.</summary>
    public static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(1);

    private readonly List<HeldLease> leaving = [];
    private BudgetScope scope = first;
    private HeldLease? lease;
    private HeldLease? successor;
    private HeldLine[] lines = [];
    private DateTimeOffset rollsAt = DateTimeOffset.MinValue;
    private long leases;
    private long usedAt = time.GetTimestamp();

    public Lock Gate { get; } = new();

    public BudgetScope Scope => scope;

    /// <summary>Other instances hold leases of it too.</summary>
    public bool IsShared => isShared;

    /// <summary>One line for each limit, in its present window. A new array whenever a line changes.</summary>
    public HeldLine[] Lines => lines;

    /// <summary>The lines may be used: else all is to be had from the authority first.</summary>
    public bool IsGood => lease is { IsGood: true };

    /// <summary>A lease that waits to be taken would be of use: nothing has been asked for yet.</summary>
    public bool WantsLease => isShared && lease is (null or { IsUnknown: true, IsBusy: false, HasUntold: false });

    /// <summary>The lease in use; null between two.</summary>
    public string? LeaseId => lease?.Id;

    /// <summary>Every lease that the authority may know.</summary>
    public IReadOnlyList<string> LeaseIds => [.. leaving.Append(lease).Append(successor).OfType<HeldLease>().Select(known => known.Id)];

    /// <summary>Nothing is held, nothing has to be told, nobody has used it for a while.</summary>
    public bool IsIdle => lease is null && leaving.Count == 0 && time.GetElapsedTime(usedAt) > Idle;

    /// <summary>Another book keeps this scope from now on.</summary>
    public bool IsRetired { get; set; }

    /// <summary>How the limit of one of the <see cref="Lines"/> stands.</summary>
    public LimitStanding StandingOf(HeldLine line) => new(
        line.Limit, scope.Terms.Amounts.GetValueOrDefault(line.Limit), Math.Max(0, line.Left + line.Free), line.Window.End == DateTimeOffset.MaxValue ? null : line.Window.End);

    /// <summary>Goes by these limits from now on. What is held under the old ones waits for the authority's word.</summary>
    public void Adopt(BudgetScope newer)
    {
        if (newer.Terms.Version <= scope.Terms.Version)
        {
            return;
        }
        var dropped = scope.Terms.Amounts.Keys.Except(newer.Terms.Amounts.Keys).Any();
        var changed = scope.Terms.Amounts.Keys.Where(limit => newer.Terms.Amounts.GetValueOrDefault(limit, -1) != scope.Terms.Amounts[limit]).ToList();
        foreach (var line in leaving.Append(lease).Append(successor).SelectMany(known => known?.Lines ?? []).Where(line => changed.Contains(line.Limit)))
        {
            line.ForgetRefusal();
        }
        scope = newer;
        rollsAt = DateTimeOffset.MinValue;
        lease?.Suspend();
        Forgo();
        if (dropped && lease is not null)
        {
            // A line that ends must not come again in the same lease.
            Leave();
        }
    }

    /// <summary>Brings the lines to the present: windows that are over are left behind, a lost lease is replaced.</summary>
    public void Roll(DateTimeOffset now)
    {
        usedAt = time.GetTimestamp();
        if (lease is { IsLost: true })
        {
            Leave();
        }
        if (lease is not null && now < rollsAt)
        {
            return;
        }
        lease ??= NewLease($"{name}-{leases++}");
        rollsAt = DateTimeOffset.MaxValue;
        lines = [.. scope.Terms.Amounts.Keys.Select(limit => Current(limit, now))];
        foreach (var line in lease.Lines)
        {
            line.IsPast = Array.IndexOf(lines, line) < 0 && line.Window.Start <= now;
        }
    }

    /// <summary>Uses a lease that waited to be taken, if there is still need of one.</summary>
    /// <param name="claimed">The lease.</param>
    /// <param name="startedAt">Timestamp of when the taking began.</param>
    /// <param name="now">The time.</param>
    /// <returns>False: it is to be given back.</returns>
    public bool TryTake(ClaimedLease claimed, long startedAt, DateTimeOffset now)
    {
        var taken = NewLease(claimed.LeaseId);
        foreach (var grant in claimed.Lines)
        {
            taken.Lines.Add(new HeldLine(grant.Limit, grant.Window) { Granted = grant.Granted, Ahead = grant.Granted, Left = grant.Left });
        }
        taken.Take(startedAt);
        if (claimed.TermsVersion != scope.Terms.Version)
        {
            taken.Suspend();
        }
        if (!WantsLease)
        {
            taken.Lose();
            leaving.Add(taken);
            return false;
        }
        (lease, rollsAt) = (taken, DateTimeOffset.MinValue);
        Roll(now);
        return true;
    }

    /// <summary>
    /// Messages that get what calls under way and waiting need, and some ahead of it: from leases that end what they still hold, then for the lease in use.
    /// </summary>
    public IReadOnlyList<LeaseReport> Ask() => [.. Leaving(static left => left.HasNews), .. lease is null ? [] : new[] { Report() }];

    /// <summary>Messages that get more before it is needed.</summary>
    public IReadOnlyList<LeaseReport> AskAhead()
    {
        if (lease is { IsLost: false } && lease.SinceSent < ToldEvery / 2)
        {
            foreach (var line in lines.Where(RunsLow))
            {
                line.Ahead = Math.Min(line.Ahead * 2, scope.Terms.Amounts.GetValueOrDefault(line.Limit));
            }
        }
        return Ask();
    }

    /// <summary>Takes in the answer to a message.</summary>
    public void Absorb(string leaseId, LeaseView view)
    {
        var spoken = leaving.Append(lease).Append(successor).FirstOrDefault(known => known?.Id == leaseId);
        spoken?.Absorb(view);
        if (spoken is not null && spoken == successor)
        {
            Succeed();
        }
        leaving.RemoveAll(left => left.IsEnded);
        if (lease is { IsEnded: true })
        {
            lease = null;
        }
    }

    /// <summary>What is due to be told: of a lease in use now and then, of one that ends until it has.</summary>
    public IReadOnlyList<LeaseReport> Due(DateTimeOffset now)
    {
        if (lease is { IsLost: true } || (lease is { IsBusy: false } && time.GetElapsedTime(usedAt) > Idle))
        {
            Leave();
        }
        else if (lease is not null && now >= rollsAt)
        {
            var used = usedAt;
            Roll(now);
            usedAt = used;
        }
        var due = Leaving(static left => left.HasNews || left.SinceSent >= Idle).ToList();
        if (lease is not null && (isShared ? lease.SinceSent >= ToldEvery : lease.HasUntold || lease.HasUntoldRefusal))
        {
            foreach (var line in lines)
            {
                // Less and less is held ahead of calls that do not come.
                line.Ahead = line.Free > line.Ahead / 2 ? line.Ahead / 2 : line.Ahead;
            }
            due.Add(Report());
            if (isShared && lease.Age > MostAge)
            {
                due.Add(ReportSuccessor());
            }
        }
        return due;
    }

    /// <summary>Messages that give back what is too little for a call.</summary>
    public IReadOnlyList<LeaseReport> GiveUpRest()
    {
        if (!Array.Exists(lines, line => line.Free > 0))
        {
            return [];
        }
        foreach (var line in lines)
        {
            line.Ahead = line.Left > 0 ? line.Ahead : 0;
        }
        return Ask();
    }

    /// <summary>Messages that give back all that no call holds. Calls that come after that ask anew.</summary>
    public IReadOnlyList<LeaseReport> GiveBack()
    {
        if (lease is not null)
        {
            Leave();
        }
        return [.. Leaving(static left => left.HasNews)];
    }

    /// <summary>More should be asked for before it is needed. Not where nothing was left.</summary>
    public bool RunsLow(HeldLine line) => isShared && line.Left > 0 && line.Free < line.Ahead / 4;

    /// <summary>The authority has just said that it cannot give so much.</summary>
    public bool IsHopeless(in CallBound bound)
    {
        if (!isShared || !IsGood)
        {
            return false;
        }
        foreach (var line in lines)
        {
            if (line.SeenAt is { } seen && time.GetElapsedTime(seen) < RefusedFor
                && bound.OutputThatFits(line.Limit.Unit, line.Free + line.Left) < Math.Min(BoundMath.LeastOutput, bound.OutputTokens))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What others hold, and what calls under way hold here, may come back: this is what there is of a line with all of it.</summary>
    public static long MostFree(HeldLine line) => line.Left + line.HeldByOthers + (line.Granted - line.Spent);

    /// <summary>
    /// Notes that a call was refused, to be told with the next message if it shows that a limit is used up: if the authority has said that there is too little
    /// for it even with all that others hold. A call that would take more than half of the whole limit shows nothing.
    /// </summary>
    /// <param name="limit">By which limit.</param>
    /// <param name="bound">What it would have used.</param>
    public void NoteRefused(LimitKey limit, in CallBound bound)
    {
        var least = bound with { OutputTokens = Math.Min(BoundMath.LeastOutput, bound.OutputTokens) };
        if (limit.IsRate || !IsGood || Array.Find(lines, line => line.Limit == limit) is not { SeenAt: not null } line)
        {
            return;
        }
        var amount = scope.Terms.Amounts.GetValueOrDefault(limit);
        if (least.OutputThatFits(limit.Unit, MostFree(line)) < least.OutputTokens && (amount == 0 || least.AmountOf(limit.Unit) <= amount / 2))
        {
            line.Refuse();
        }
    }

    /// <summary>Notes that calls wait for so much, and that more like them will come.</summary>
    public void Await(in CallBound bound)
    {
        foreach (var line in lines)
        {
            var amount = bound.AmountOf(line.Limit.Unit);
            line.Pending += amount;
            if (line.Left > 0 || line.SeenAt is null)
            {
                line.Ahead = Math.Min(Math.Max(line.Ahead * 2, amount * 4), scope.Terms.Amounts.GetValueOrDefault(line.Limit));
            }
        }
    }

    /// <summary>They wait no longer.</summary>
    public static void AwaitNoLonger(HeldLine[] waited, in CallBound bound)
    {
        foreach (var line in waited)
        {
            line.Pending -= bound.AmountOf(line.Limit.Unit);
        }
    }

    private HeldLease NewLease(string id) => new(id, isShared ? BudgetState.LeaseLife : TimeSpan.MaxValue, time);

    private LeaseReport Report()
    {
        if (isShared)
        {
            HoldNextWindows(time.GetUtcNow());
        }
        return lease!.Report(scope.Terms, line => !isShared ? long.MaxValue : line.Spent + line.Reserved + line.Pending + line.Ahead);
    }

    /// <summary>A window that is about to begin is asked for with what is told anyway, so that instances do not all ask at its start.</summary>
    private void HoldNextWindows(DateTimeOffset now)
    {
        foreach (var line in lines)
        {
            if (line.Window.End != DateTimeOffset.MaxValue && line.Window.End - now <= BudgetState.Lead)
            {
                LineOf(line.Limit, scope.WindowOf(line.Limit, line.Window.End)).Ahead = line.Ahead;
            }
        }
    }

    private IEnumerable<LeaseReport> Leaving(Predicate<HeldLease> which) => [.. leaving.FindAll(which).Select(left => left.Report(scope.Terms, static _ => 0))];

    /// <summary>The next lease is asked for while the present one is in use.</summary>
    private LeaseReport ReportSuccessor()
    {
        if (successor is null)
        {
            successor = NewLease($"{name}-{leases++}");
            successor.Lines.AddRange(lines.Select(line => new HeldLine(line.Limit, line.Window) { Ahead = line.Ahead }));
        }
        return successor.Report(scope.Terms, static line => line.Ahead);
    }

    /// <summary>Goes over to the next lease once it has been granted something.</summary>
    private void Succeed()
    {
        if (successor!.IsLost)
        {
            Forgo();
        }
        if (successor is not { IsGood: true })
        {
            return;
        }
        var next = successor;
        successor = null;
        if (lease is not null)
        {
            Leave();
        }
        (lease, rollsAt) = (next, DateTimeOffset.MinValue);
    }

    private void Forgo()
    {
        if (successor is not null)
        {
            successor.Lose();
            leaving.Add(successor);
            successor = null;
        }
    }

    private void Leave()
    {
        Forgo();
        lease!.Lose();
        if (!lease.IsUnknown || lease.IsBusy || lease.HasUntold)
        {
            leaving.Add(lease);
        }
        lease = null;
        lines = [];
    }

    private HeldLine Current(LimitKey limit, DateTimeOffset now)
    {
        var window = scope.WindowOf(limit, now);
        rollsAt = window.End < rollsAt ? window.End : rollsAt;
        return LineOf(limit, window);
    }

    private HeldLine LineOf(LimitKey limit, BudgetWindow window)
    {
        if (lease!.Lines.Find(line => line.Limit == limit && line.Window == window) is { } known)
        {
            return known;
        }
        var line = new HeldLine(limit, window) { Ahead = lines.FirstOrDefault(before => before.Limit == limit)?.Ahead ?? 0 };
        lease.Lines.Add(line);
        return line;
    }
}
