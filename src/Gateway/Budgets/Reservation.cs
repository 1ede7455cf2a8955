using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>Part of the budgets of a call's scopes, held for it.</summary>
internal sealed class Reservation
{
    /// <summary>A book was retired after it was found: find it again.</summary>
    public const int Retired = -2;

    private readonly Hold[] holds;
    private int settled;
    private CallBound bound;

    public Reservation(ScopeBook[] books, in CallBound wanted)
    {
        holds = new Hold[books.Length];
        for (var i = 0; i < books.Length; i++)
        {
            holds[i].Book = books[i];
        }
        bound = wanted;
    }

    /// <summary>The most the call can use, with the output it was given.</summary>
    public CallBound Bound => bound;

    /// <summary>Output cap of one choice in tokens: the upstream is told no more than this.</summary>
    public long OutputTokens => bound.OutputTokens;

    /// <summary>The cap is lower than what the caller asked for, or what the model would do by itself.</summary>
    public bool Lowered { get; private set; }

    /// <summary>It was held without asking whether there is so much.</summary>
    public bool IsUnchecked { get; private set; }

    /// <summary>When it was held: it counts in the windows of that moment.</summary>
    public DateTimeOffset HeldAt { get; private set; }

    /// <summary>The leases it is held of, where others than this instance will want to know; else none.</summary>
    public IReadOnlyList<string> Leases
    {
        get
        {
            List<string>? leases = null;
            foreach (ref var hold in holds.AsSpan())
            {
                if (hold.LeaseId is { } lease)
                {
                    (leases ??= new(holds.Length)).Add(lease);
                }
            }
            return leases ?? (IReadOnlyList<string>)[];
        }
    }

    /// <summary>Of some scope more should be asked for, before it is needed.</summary>
    public bool RunsLow { get; private set; }

    /// <summary>
    /// Holds the bound in all scopes at once, or in none: with all the output wanted, or with what is there if that is <paramref name="least"/> or more.
    /// </summary>
    /// <returns>−1 when it is held; which scope has too little; or <see cref="Retired"/>.</returns>
    public int TryHold(long least, DateTimeOffset now)
    {
        var entered = 0;
        try
        {
            var output = bound.OutputTokens;
            for (; entered < holds.Length; entered++)
            {
                ref var hold = ref holds[entered];
                hold.Book.Gate.Enter();
                if (hold.Book.IsRetired)
                {
                    entered++;
                    return Retired;
                }
                hold.Book.Roll(now);
                hold.Lines = hold.Book.Lines;
                var isGood = hold.Book.IsGood;
                foreach (var line in hold.Lines)
                {
                    var fits = isGood ? bound.OutputThatFits(line.Limit.Unit, line.Free) : -1;
                    if (fits < least)
                    {
                        return entered++;
                    }
                    output = Math.Min(output, fits);
                }
            }
            Lowered = output < bound.OutputTokens;
            bound = bound with { OutputTokens = output };
            HeldAt = now;
            foreach (ref var hold in holds.AsSpan())
            {
                hold.LeaseId = hold.Book.IsShared ? hold.Book.LeaseId : null;
                foreach (var line in hold.Lines)
                {
                    line.Reserved += bound.AmountOf(line.Limit.Unit);
                    RunsLow |= hold.Book.RunsLow(line);
                }
            }
            return -1;
        }
        finally
        {
            while (entered-- > 0)
            {
                holds[entered].Book.Gate.Exit();
            }
        }
    }

    /// <summary>Holds the bound whatever there is: where the authority cannot be asked, and the tenant would rather overspend than wait.</summary>
    public void HoldUnchecked(DateTimeOffset now)
    {
        (IsUnchecked, HeldAt) = (true, now);
        foreach (ref var hold in holds.AsSpan())
        {
            lock (hold.Book.Gate)
            {
                hold.Book.Roll(now);
                hold.Lines = hold.Book.Lines;
                hold.LeaseId = hold.Book.IsShared ? hold.Book.LeaseId : null;
                foreach (var line in hold.Lines)
                {
                    line.Reserved += bound.AmountOf(line.Limit.Unit);
                }
            }
        }
    }

    /// <summary>
    /// Goes by a bound of the same call that is nowhere higher: what that frees becomes output, as much as is wanted. In one step, so that
    /// nobody else takes it in between: the output is never less than before, and no more is held than there is.
    /// </summary>
    public void Tighten(in CallBound tighter)
    {
        var entered = 0;
        try
        {
            var output = tighter.OutputTokens;
            for (; entered < holds.Length; entered++)
            {
                ref var hold = ref holds[entered];
                hold.Book.Gate.Enter();
                var isGood = hold.Book.IsGood;
                foreach (var line in hold.Lines)
                {
                    var fits = isGood ? tighter.OutputThatFits(line.Limit.Unit, line.Free + bound.AmountOf(line.Limit.Unit)) : -1;
                    output = Math.Min(output, Math.Max(fits, bound.OutputTokens));
                }
            }
            var looser = bound;
            Lowered = output < tighter.OutputTokens;
            bound = tighter with { OutputTokens = output };
            foreach (ref var hold in holds.AsSpan())
            {
                foreach (var line in hold.Lines)
                {
                    line.Reserved += bound.AmountOf(line.Limit.Unit) - looser.AmountOf(line.Limit.Unit);
                }
            }
        }
        finally
        {
            while (entered-- > 0)
            {
                holds[entered].Book.Gate.Exit();
            }
        }
    }

    /// <summary>Gives the reservation of a call back that was not made: not even a request is booked. Counts as settling.</summary>
    public void Release() => Settle(0, 0, 0);

    /// <summary>Gives the reservation back and books what was used, in the windows it was held in. Only the first call counts.</summary>
    public void Settle(long tokens, long microUsd) => Settle(1, tokens, microUsd);

    /// <summary>How the limit of a unit stands that leaves least; null without one.</summary>
    public LimitStanding? Tightest(LimitUnit unit)
    {
        LimitStanding? tightest = null;
        foreach (ref var hold in holds.AsSpan())
        {
            lock (hold.Book.Gate)
            {
                foreach (var line in hold.Lines)
                {
                    if (line.Limit.Unit == unit && hold.Book.StandingOf(line) is var standing && !(standing.Remaining >= tightest?.Remaining))
                    {
                        tightest = standing;
                    }
                }
            }
        }
        return tightest;
    }

    private void Settle(long requests, long tokens, long microUsd)
    {
        if (Interlocked.Exchange(ref settled, 1) != 0)
        {
            return;
        }
        foreach (ref var hold in holds.AsSpan())
        {
            lock (hold.Book.Gate)
            {
                foreach (var line in hold.Lines)
                {
                    line.Reserved -= bound.AmountOf(line.Limit.Unit);
                    line.Spent += line.Limit.Unit switch
                    {
                        LimitUnit.Requests => requests,
                        LimitUnit.Tokens => tokens,
                        LimitUnit.MicroUsd => microUsd,
                        _ => 0,
                    };
                }
            }
        }
    }

    private struct Hold
    {
        public ScopeBook Book;

        /// <summary>As they were when it was held: a window that ends meanwhile keeps what was spent in it.</summary>
        public HeldLine[] Lines;

        public string? LeaseId;
    }
}
