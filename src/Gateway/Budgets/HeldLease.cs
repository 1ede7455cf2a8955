namespace Tollgate.Budgets;

/// <summary>An instance's side of one lease. Not safe by itself: its <see cref="ScopeBook"/> locks.</summary>
/// <param name="id">Unique for all time.</param>
/// <param name="life">How long the authority keeps a lease that it hears nothing of.</param>
/// <param name="time">The clock.</param>
internal sealed class HeldLease(string id, TimeSpan life, TimeProvider time)
{
    private readonly List<Sent> unheard = [];
    private long nextSequence;
    private long goodFrom;
    private long heardSequence = -1;
    private long? heardAt;
    private bool wasThere;
    private bool isSuspended;

    public string Id => id;

    public List<HeldLine> Lines { get; } = [];

    /// <summary>The authority has declared it lost, or this instance has: what is under way ends; nothing new begins.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Nothing more has to be said.</summary>
    public bool IsEnded { get; private set; }

    public bool IsBusy => Lines.Exists(line => line.Reserved > 0);

    /// <summary>The authority knows all that there is to know.</summary>
    public bool IsSettled => unheard.Count == 0 && Lines.TrueForAll(line => line.Reserved == 0 && line.Told == line.Spent);

    public TimeSpan SinceSent => unheard.Count > 0 ? time.GetElapsedTime(unheard[^1].At) : heardAt is { } at ? time.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>
    /// New calls may begin on it. The authority counts its life from the arrival of a message, which is no earlier than its
    /// sending: no clock has to be compared with another.
    /// </summary>
    public bool IsGood => !IsLost && heardAt is { } at && time.GetElapsedTime(at) < life - BudgetState.Skew;

    /// <summary>What is held may not be used before a message yet to be sent has been heard.</summary>
    public void Suspend() => (isSuspended, goodFrom, heardAt) = (true, nextSequence, null);

    /// <summary>Gives it up.</summary>
    public void Lose() => IsLost = true;

    /// <summary>The next message: all lines, each with what <paramref name="wanted"/> says, or no more than is in use.</summary>
    public LeaseReport Report(ScopeTerms terms, Func<HeldLine, long> wanted)
    {
        if (IsSettled && (IsLost || Lines.TrueForAll(line => line.IsPast)))
        {
            // Everything was said and heard.
            IsEnded = true;
            return new LeaseReport(id, nextSequence++, time.GetUtcNow(), terms, Yields: true, []);
        }
        // A finished line that was heard of as finished is left out, once for all: its window does not come again.
        Lines.RemoveAll(line => line.IsPast && line.Reserved == 0 && line.Told == line.Spent && !unheard.Exists(sent => sent.Lines.Exists(told => told.Line == line)));
        var told = Lines.ConvertAll(line => (line, line.Spent, Math.Max(line.Spent + line.Reserved, IsLost || line.IsPast ? 0 : wanted(line))));
        foreach (var (line, _, want) in told)
        {
            line.Ceiling = Math.Min(line.Ceiling, want);
        }
        if (isSuspended)
        {
            // It says that nothing begins before it is heard, so an earlier one does not do.
            goodFrom = nextSequence;
        }
        unheard.Add(new Sent(nextSequence, time.GetTimestamp(), told));
        return new LeaseReport(id, nextSequence++, time.GetUtcNow(), terms, Yields: IsLost || isSuspended, told.ConvertAll(item => new LeaseLine(item.line.Limit, item.line.Window, item.Spent, item.Spent + item.line.Reserved, item.Item3)));
    }

    /// <summary>Takes in what the authority knows.</summary>
    public void Absorb(LeaseView view)
    {
        if (view.Sequence < 0)
        {
            // Not there yet, or not any longer: what it spent was counted then.
            (IsLost, IsEnded) = (IsLost || wasThere, IsEnded || wasThere);
            return;
        }
        wasThere = true;
        IsLost |= view.Lost;
        if (view.Sequence < heardSequence)
        {
            // An older state than one that was read before.
            return;
        }
        heardSequence = view.Sequence;
        var heard = unheard.FindLastIndex(sent => sent.Sequence <= view.Sequence);
        if (heard >= 0)
        {
            if (unheard[heard].Sequence >= goodFrom)
            {
                heardAt = unheard[heard].At;
                isSuspended = false;
            }
            foreach (var (line, spent, _) in unheard[heard].Lines)
            {
                line.Told = Math.Max(line.Told, spent);
            }
            unheard.RemoveRange(0, heard + 1);
        }
        foreach (var line in Lines)
        {
            line.Ceiling = unheard.SelectMany(sent => sent.Lines).Where(told => told.Line == line).Select(told => told.Wanted).DefaultIfEmpty(long.MaxValue).Min();
        }
        foreach (var grant in view.Lines)
        {
            if (Lines.Find(line => line.Limit == grant.Limit && line.Window == grant.Window) is { } line)
            {
                (line.Granted, line.Left, line.HeldByOthers) = (grant.Granted, grant.Left, grant.HeldByOthers);
            }
        }
    }

    /// <summary>A message on its way. Until it is known to have arrived, what it asks for is the most there may be.</summary>
    private sealed record Sent(long Sequence, long At, List<(HeldLine Line, long Spent, long Wanted)> Lines);
}

/// <summary>One limit in one window, as an instance holds it.</summary>
internal sealed class HeldLine(LimitKey limit, BudgetWindow window)
{
    public LimitKey Limit => limit;

    public BudgetWindow Window => window;

    /// <summary>As the authority was last seen to have it; what is spent is in it.</summary>
    public long Granted { get; set; }

    /// <summary>The least that messages on their way ask for.</summary>
    public long Ceiling { get; set; } = long.MaxValue;

    public long Spent { get; set; }

    /// <summary>Held for calls under way.</summary>
    public long Reserved { get; set; }

    /// <summary>Needed by calls that wait.</summary>
    public long Pending { get; set; }

    /// <summary>Wanted beyond what is needed now, so that the next calls find it there.</summary>
    public long Ahead { get; set; }

    /// <summary>How much of <see cref="Spent"/> the authority is known to have heard of.</summary>
    public long Told { get; set; }

    /// <summary>What nobody held when the authority was last seen.</summary>
    public long Left { get; set; }

    /// <summary>Granted to others, and not reported as spent, when the authority was last seen.</summary>
    public long HeldByOthers { get; set; }

    /// <summary>Its window, or its limit, is over: it ends with the calls in it.</summary>
    public bool IsPast { get; set; }

    /// <summary>May be held for new calls.</summary>
    public long Free => Math.Min(Granted, Ceiling) - Spent - Reserved;
}
