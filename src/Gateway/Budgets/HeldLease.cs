using Tollgate.Telemetry;

namespace Tollgate.Budgets;

/// <summary>An instance's side of one lease. Not safe by itself: its <see cref="ScopeBook"/> locks.</summary>
/// <param name="id">Unique for all time.</param>
/// <param name="life">How long the authority keeps a lease that it hears nothing of.</param>
/// <param name="time">The clock.</param>
internal sealed class HeldLease(string id, TimeSpan life, TimeProvider time)
{
    private readonly List<Sent> unheard = [];
    private readonly long beganAt = time.GetTimestamp();
    private long nextSequence;
    private long goodFrom;
    private long heardSequence = -1;
    private long? heardAt;
    private bool wasThere;
    private bool isSuspended;
    private bool saidLost;
    private bool saidEnds;

    public string Id => id;

    public List<HeldLine> Lines { get; } = [];

    /// <summary>The authority has declared it lost, or this instance has: what is under way ends; nothing new begins.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Nothing more has to be said.</summary>
    public bool IsEnded { get; private set; }

    public TimeSpan Age => time.GetElapsedTime(beganAt);

    /// <summary>Nobody but this instance knows of it.</summary>
    public bool IsUnknown => nextSequence == 0 && heardAt is null;

    /// <summary>It was given up, or its last call has ended, and the authority was not told so.</summary>
    public bool HasNews => IsLost && (!saidLost || (!saidEnds && !IsBusy));

    /// <summary>Something was spent that was not heard of yet.</summary>
    public bool HasUntold => Lines.Exists(line => line.Told != line.Spent);

    /// <summary>A refusal was not heard of yet. Nothing hurries because of it where a message is due before long anyway.</summary>
    public bool HasUntoldRefusal => Lines.Exists(line => line.IsRefused && !line.IsRefusalTold);

    public bool IsBusy => Lines.Exists(line => line.Reserved > 0);

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

    /// <summary>It was taken where it waited: good from the moment the taking began, earlier than the authority counts.</summary>
    public void Take(long startedAt) => heardAt = startedAt;

    /// <summary>The next message: all lines, each with what <paramref name="wanted"/> says, or no more than is in use.</summary>
    public LeaseReport Report(ScopeTerms terms, Func<HeldLine, long> wanted)
    {
        // A finished line that was heard of as finished is left out, once for all: its window does not come again.
        Lines.RemoveAll(line => line.IsPast && line.Reserved == 0 && line.Told == line.Spent && line.IsRefused == line.IsRefusalTold && !unheard.Exists(sent => sent.Lines.Exists(told => told.Line == line)));
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
        (saidLost, saidEnds) = (IsLost, IsLost && !IsBusy);
        unheard.Add(new Sent(nextSequence, time.GetTimestamp(), told, Lines.FindAll(static line => line.IsRefused)));
        return new LeaseReport(
            id,
            nextSequence++,
            time.GetUtcNow(),
            terms,
            Yields: IsLost || isSuspended,
            Ends: saidEnds,
            told.ConvertAll(item => new LeaseLine(item.line.Limit, item.line.Window, item.Spent, item.Spent + item.line.Reserved, item.Item3, item.line.IsRefused)));
    }

    /// <summary>Takes in what the authority knows.</summary>
    public void Absorb(LeaseView view)
    {
        var wasLost = IsLost;
        IsLost |= view.Lost;
        if (view.IsEnded || (view.Sequence < 0 && wasThere))
        {
            // What it spent was counted then.
            (IsLost, IsEnded) = (true, true);
        }
        if (IsLost && !wasLost)
        {
            GatewayMeter.AddLostLease();
        }
        if (view.Sequence < 0 || IsEnded)
        {
            return;
        }
        wasThere = true;
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
            foreach (var line in unheard[heard].Refused)
            {
                line.IsRefusalTold = line.IsRefused;
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
                (line.Granted, line.Left, line.HeldByOthers, line.SeenAt) = (grant.Granted, grant.Left, grant.HeldByOthers, time.GetTimestamp());
            }
        }
    }

    /// <summary>A message on its way. Until it is known to have arrived, what it asks for is the most there may be.</summary>
    private sealed record Sent(long Sequence, long At, List<(HeldLine Line, long Spent, long Wanted)> Lines, List<HeldLine> Refused);
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

    /// <summary>When that was, as a timestamp; null: never.</summary>
    public long? SeenAt { get; set; }

    /// <summary>A call was refused for good, while the amount was what it is now.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The authority is known to have heard of that.</summary>
    public bool IsRefusalTold { get; set; }

    /// <summary>Its window, or its limit, is over: it ends with the calls in it.</summary>
    public bool IsPast { get; set; }

    /// <summary>May be held for new calls.</summary>
    public long Free => Math.Min(Granted, Ceiling) - Spent - Reserved;

    /// <summary>Notes that a call was refused for good.</summary>
    public void Refuse() => IsRefused = true;

    /// <summary>The amount is another: calls may be admitted again.</summary>
    public void ForgetRefusal() => (IsRefused, IsRefusalTold) = (false, false);
}
