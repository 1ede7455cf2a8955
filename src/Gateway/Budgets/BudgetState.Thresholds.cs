namespace Tollgate.Budgets;

/// <summary>
/// How far each limit's window has been used up, in steps that somebody is told of once. Rates have none: they fill up and empty all the time.
/// </summary>
internal sealed partial class BudgetState
{
    /// <summary>The steps, in percent of a limit's amount.</summary>
    public static readonly IReadOnlyList<int> Thresholds = [50, 80, 100];

    /// <summary>So many amounts that a window had are remembered with what was raised for them.</summary>
    private const int MostAmounts = 8;

    /// <summary>The highest step raised so far for each amount that a limit had in a window. The last of a window's is for the present amount.</summary>
    public List<RaisedThreshold> Raised { get; init; } = [];

    /// <summary>What is known to be spent: by leases that have ended, and as open and lost ones have said.</summary>
    public long Spent(LimitKey limit, BudgetWindow window) =>
        Totals.Where(total => total.Limit == limit && total.Window == window).Sum(total => total.Spent)
        + Open().Where(line => line.Limit == limit && line.Window == window).Sum(line => line.Spent);

    /// <summary>The highest step that so much spent has reached. Of an amount of 0 that nobody has asked for, none.</summary>
    private static int Reached(long spent, long amount) =>
        spent <= 0 ? 0 : Thresholds.LastOrDefault(percent => (Int128)spent * 100 >= (Int128)amount * percent);

    /// <summary>What a message made known.</summary>
    private List<ThresholdCrossing>? CrossedBy(LeaseReport report, bool isAdopted, DateTimeOffset now)
    {
        List<ThresholdCrossing>? crossed = null;
        foreach (var told in report.Lines)
        {
            // Somebody refused under another amount says nothing about this one.
            var isRefused = told.Refused && report.Terms.Amounts.TryGetValue(told.Limit, out var amount) && amount == Amounts.GetValueOrDefault(told.Limit, -1);
            Cross(told.Limit, told.Window, isRefused, now, ref crossed);
        }
        if (isAdopted)
        {
            foreach (var (limit, window) in Totals.Select(total => (total.Limit, total.Window)).Concat(Open().Select(line => (line.Limit, line.Window))).Distinct())
            {
                Cross(limit, window, isRefused: false, now, ref crossed);
            }
        }
        return crossed;
    }

    /// <summary>Notes the highest step that was reached and not raised. Nothing of a window that is forgotten, or it would be raised again.</summary>
    private void Cross(LimitKey limit, BudgetWindow window, bool isRefused, DateTimeOffset now, ref List<ThresholdCrossing>? crossed)
    {
        if (limit.IsRate || IsOver(window, now) || !Amounts.TryGetValue(limit, out var amount))
        {
            return;
        }
        var spent = Spent(limit, window);
        var reached = isRefused ? Thresholds[^1] : Reached(spent, amount);
        var at = Raised.FindLastIndex(raised => raised.Limit == limit && raised.Window == window);
        if (reached <= (at < 0 ? 0 : Raised[at].Percent))
        {
            return;
        }
        var raisedNow = new RaisedThreshold(limit, window, amount, reached);
        if (at < 0)
        {
            Raised.Add(raisedNow);
        }
        else
        {
            Raised[at] = raisedNow;
        }
        (crossed ??= []).Add(new ThresholdCrossing(limit, window, reached, spent, amount));
    }

    /// <summary>
    /// After amounts have changed: of a higher one so much counts as raised as is true, so that it can be reached again. An amount that
    /// was there before has what was raised then.
    /// </summary>
    private void Rebase()
    {
        foreach (var (limit, window) in Raised.Select(raised => (raised.Limit, raised.Window)).Distinct().ToList())
        {
            var last = Raised.FindLast(raised => raised.Limit == limit && raised.Window == window);
            if (!Amounts.TryGetValue(limit, out var amount) || amount == last.Amount)
            {
                continue;
            }
            var before = Raised.FindIndex(raised => raised.Limit == limit && raised.Window == window && raised.Amount == amount);
            var percent = before < 0 ? Math.Min(last.Percent, Reached(Spent(limit, window), amount)) : Raised[before].Percent;
            if (before >= 0)
            {
                Raised.RemoveAt(before);
            }
            else if (Raised.Count(raised => raised.Limit == limit && raised.Window == window) == MostAmounts)
            {
                Raised.RemoveAt(Raised.FindIndex(raised => raised.Limit == limit && raised.Window == window));
            }
            Raised.Add(new RaisedThreshold(limit, window, amount, percent));
        }
    }
}

/// <summary>Of one limit in one window, while its amount was so much: the highest step raised, in percent; 0: none.</summary>
internal readonly record struct RaisedThreshold(LimitKey Limit, BudgetWindow Window, long Amount, int Percent);

/// <summary>A limit's window has reached a step.</summary>
/// <param name="Limit">Which limit.</param>
/// <param name="Window">Which of its windows.</param>
/// <param name="Percent">50, 80 or 100. At 100 less than the amount may be spent, if it was too little for a call.</param>
/// <param name="Spent">In the limit's unit; more than the amount where upstreams billed beyond the bound or the amount was cut.</param>
/// <param name="Amount">What there is in the window.</param>
internal readonly record struct ThresholdCrossing(LimitKey Limit, BudgetWindow Window, int Percent, long Spent, long Amount);
