using Tollgate.Settlement;

namespace Tollgate.Admission;

/// <summary>
/// The limits of one tenant with what is spent and what is reserved of each. Reserving is one step under one lock, so that
/// no number of concurrent calls gets more than there is: at every moment spent + reserved ≤ amount.
/// </summary>
internal sealed class BudgetAccount(IReadOnlyList<Limit> limits, TimeProvider time)
{
    /// <summary>An output cap lower than this is no use to anybody, unless the caller asked for one.</summary>
    public const long LeastOutput = 256;

    private readonly Lock gate = new();
    private readonly Counter[] counters = [.. limits.Select(limit => new Counter(limit))];

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
                    throw new BudgetRefusedException(counter.Limit, counter.EndsAt, waitsForOthers: counter.WouldFitAlone(bound), now);
                }
                output = Math.Min(output, fits);
            }
            var reserved = new Reservation(this, bound with { OutputTokens = output }, lowered: output < bound.OutputTokens, counters.Length);
            for (var i = 0; i < counters.Length; i++)
            {
                counters[i].Reserved += reserved.AmountOf(counters[i].Limit.Unit);
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
            for (var i = 0; i < counters.Length; i++)
            {
                var counter = counters[i];
                if (counter.StartsAt != reservation.Windows[i])
                {
                    continue;
                }
                counter.Reserved -= reservation.AmountOf(counter.Limit.Unit);
                counter.Spent += counter.Limit.Unit switch
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
                if (counter.Limit.Unit == unit)
                {
                    least = Math.Min(least ?? long.MaxValue, Math.Max(0, counter.Left));
                }
            }
        }
        return least;
    }

    private sealed class Counter(Limit limit)
    {
        public Limit Limit { get; } = limit;

        public DateTimeOffset StartsAt { get; private set; }

        public DateTimeOffset? EndsAt { get; private set; }

        public long Spent { get; set; }

        public long Reserved { get; set; }

        public long Left => Limit.Amount - Spent - Reserved;

        public void Roll(DateTimeOffset now)
        {
            var start = Limit.Window.StartOf(now);
            if (start > StartsAt)
            {
                StartsAt = start;
                EndsAt = Limit.Window.EndOf(start);
                Spent = Reserved = 0;
            }
        }

        /// <summary>How many output tokens a choice may have; negative when not even the prompt fits.</summary>
        public long OutputThatFits(in CallBound bound) => Fitting(bound, Left);

        /// <summary>True when the call fits but for what calls now under way hold.</summary>
        public bool WouldFitAlone(in CallBound bound) => Fitting(bound, Limit.Amount - Spent) >= Math.Min(LeastOutput, bound.OutputTokens);

        private long Fitting(in CallBound bound, long left) => Limit.Unit switch
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
