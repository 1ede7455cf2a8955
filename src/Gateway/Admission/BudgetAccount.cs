using Tollgate.Settlement;

namespace Tollgate.Admission;

/// <summary>
/// The limits of one tenant with what is spent and what is reserved of each. Reserving is one step under one lock, so that
/// no number of concurrent calls gets more than there is: at every moment spent + reserved ≤ amount.
/// </summary>
internal sealed class BudgetAccount
{
    /// <summary>An output cap lower than this is no use to anybody, unless the caller asked for one.</summary>
    public const long LeastOutput = 256;

    private readonly Lock gate = new();
    private readonly TimeProvider time;

    /// <summary>Only ever grows, so that a reservation's windows keep their places. What is no longer limited still counts.</summary>
    private readonly List<Counter> counters = [];

    private IReadOnlyList<Limit>? adopted;

    public BudgetAccount(IReadOnlyList<Limit> limits, TimeProvider time)
    {
        this.time = time;
        Adopt(limits);
    }

    /// <summary>Holds to these limits from now on. What is spent and reserved of a unit in a window stays.</summary>
    public void Adopt(IReadOnlyList<Limit> limits)
    {
        if (ReferenceEquals(limits, Volatile.Read(ref adopted)))
        {
            return;
        }
        lock (gate)
        {
            foreach (var limit in limits.Where(limit => !counters.Exists(counter => counter.Counts(limit))))
            {
                counters.Add(new Counter(limit));
            }
            foreach (var counter in counters)
            {
                counter.Limit = limits.Where(counter.Counts).MinBy(limit => limit.Amount);
            }
            Volatile.Write(ref adopted, limits);
        }
    }

    /// <summary>Reserves the bound, with its output lowered to what remains.</summary>
    /// <exception cref="BudgetRefusedException">Not even the least output fits.</exception>
    public Reservation Reserve(in CallBound bound)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var output = bound.OutputTokens;
            foreach (var counter in counters)
            {
                counter.Roll(now);
                var fits = counter.OutputThatFits(bound);
                if (fits < Math.Min(LeastOutput, bound.OutputTokens))
                {
                    throw new BudgetRefusedException(counter.Limit!, counter.EndsAt, waitsForOthers: counter.WouldFitAlone(bound), now);
                }
                output = Math.Min(output, fits);
            }
            var reserved = new Reservation(this, bound with { OutputTokens = output }, lowered: output < bound.OutputTokens, counters.Count);
            for (var i = 0; i < counters.Count; i++)
            {
                counters[i].Reserved += reserved.AmountOf(counters[i].Unit);
                reserved.Windows[i] = counters[i].StartsAt;
            }
            return reserved;
        }
    }

    /// <summary>Gives the reservation back and books what was really used, in the windows it was reserved in.</summary>
    public void Settle(Reservation reservation, long tokens, long microUsd)
    {
        lock (gate)
        {
            for (var i = 0; i < reservation.Windows.Length; i++)
            {
                var counter = counters[i];
                if (counter.StartsAt != reservation.Windows[i])
                {
                    continue;
                }
                counter.Reserved -= reservation.AmountOf(counter.Unit);
                counter.Spent += counter.Unit switch
                {
                    LimitUnit.Requests => 1,
                    LimitUnit.Tokens => tokens,
                    _ => microUsd,
                };
            }
        }
    }

    /// <summary>What is left of the tightest limit of a unit; null without one.</summary>
    public long? Remaining(LimitUnit unit)
    {
        long? least = null;
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var counter in counters)
            {
                counter.Roll(now);
                if (counter.Unit == unit && counter.Limit is not null)
                {
                    least = Math.Min(least ?? long.MaxValue, Math.Max(0, counter.Left));
                }
            }
        }
        return least;
    }

    private sealed class Counter(Limit first)
    {
        /// <summary>Null while nothing limits it.</summary>
        public Limit? Limit { get; set; }

        public LimitUnit Unit => first.Unit;

        public DateTimeOffset StartsAt { get; private set; }

        public DateTimeOffset? EndsAt { get; private set; }

        public long Spent { get; set; }

        public long Reserved { get; set; }

        public long Left => Amount - Spent - Reserved;

        /// <summary>So large that every call fits, and small enough that sums of it do not overflow.</summary>
        private long Amount => Limit?.Amount ?? long.MaxValue / 2;

        public bool Counts(Limit limit) => (limit.Unit, limit.Window) == (first.Unit, first.Window);

        public void Roll(DateTimeOffset now)
        {
            var start = first.Window.StartOf(now);
            if (start > StartsAt)
            {
                StartsAt = start;
                EndsAt = first.Window.EndOf(start);
                Spent = Reserved = 0;
            }
        }

        /// <summary>How many output tokens a choice may have; negative when not even the prompt fits.</summary>
        public long OutputThatFits(in CallBound bound) => Fitting(bound, Left);

        /// <summary>True when the call fits but for what calls now under way hold.</summary>
        public bool WouldFitAlone(in CallBound bound) => Fitting(bound, Amount - Spent) >= Math.Min(LeastOutput, bound.OutputTokens);

        private long Fitting(in CallBound bound, long left) => Unit switch
        {
            LimitUnit.Requests => left >= 1 ? long.MaxValue : -1,
            LimitUnit.Tokens => left < bound.PromptTokens ? -1 : (left - bound.PromptTokens) / bound.Choices,
            _ => left < bound.PromptMicroUsd ? -1 : bound.OutputRate == 0 ? long.MaxValue : (long)Math.Min(long.MaxValue, (left - bound.PromptMicroUsd) / (bound.OutputRate * bound.Choices)),
        };
    }
}

/// <summary>Part of a budget held for one call.</summary>
internal sealed class Reservation(BudgetAccount account, CallBound bound, bool lowered, int limits)
{
    private int settled;

    /// <summary>Output cap of one choice in tokens: the upstream is told no more than this.</summary>
    public long OutputTokens => bound.OutputTokens;

    public int Choices => bound.Choices;

    /// <summary>The cap is lower than what the caller asked for, or what the model would do by itself.</summary>
    public bool Lowered { get; } = lowered;

    /// <summary>Start of each limit's window when this was reserved.</summary>
    public DateTimeOffset[] Windows { get; } = limits == 0 ? [] : new DateTimeOffset[limits];

    public long AmountOf(LimitUnit unit) => unit switch
    {
        LimitUnit.Requests => 1,
        LimitUnit.Tokens => bound.PromptTokens + (bound.OutputTokens * bound.Choices),
        _ => CostCalculator.Rounded(bound.PromptMicroUsd + (bound.OutputRate * bound.OutputTokens * bound.Choices)),
    };

    /// <summary>Books what was used. Only the first call counts.</summary>
    public void Settle(long tokens, long microUsd)
    {
        if (Interlocked.Exchange(ref settled, 1) == 0)
        {
            account.Settle(this, tokens, microUsd);
        }
    }

    public long? Remaining(LimitUnit unit) => account.Remaining(unit);
}
