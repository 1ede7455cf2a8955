using System.Text.Json.Serialization;
using Tollgate.Admission;
using Tollgate.Ledger;

namespace Tollgate.Budgets;

/// <summary>
/// The budgets of one scope (a tenant, a key, an end user): what is spent, what is granted to whom. A pure state machine: every
/// operation depends on the state, its arguments and the time given to it, and on nothing else. At every step, for each limit
/// and window: spent + granted to open, lost and minted leases ≤ amount, but for what upstreams billed beyond their bound and
/// for amounts that were cut below what was granted already. It is kept as JSON.
/// </summary>
internal sealed partial class BudgetState
{
    /// <summary>A lease that is shared out and not heard of for so long is lost.</summary>
    public static readonly TimeSpan LeaseLife = TimeSpan.FromSeconds(60);

    /// <summary>Clocks of instances may be so far off, either way.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <summary>So long before its start a window is granted from: what is held of the present one is told at least so often.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromSeconds(25);

    /// <summary>A first message older than this is a ghost. Ended leases are remembered longer than that.</summary>
    public static readonly TimeSpan OldestFirstMessage = TimeSpan.FromMinutes(3);

    /// <summary>No call takes longer. Rows of a dead instance that are open still are final then.</summary>
    public static readonly TimeSpan LongestCall = OpenedCall.Longest + TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Remembered = OldestFirstMessage + TimeSpan.FromMinutes(2);

    /// <summary>A lease that is not heard of for so long is lost.</summary>
    [JsonIgnore]
    public TimeSpan Life { get; init; } = LeaseLife;

    /// <summary>Whose budget; null before the first message.</summary>
    public string? Scope { get; set; }

    /// <summary>When its entity has told itself to look at what is due; null: it has not.</summary>
    public DateTimeOffset? TendsAt { get; set; }

    public long TermsVersion { get; set; } = long.MinValue;

    public Dictionary<LimitKey, long> Amounts { get; init; } = [];

    /// <summary>What leases that have ended spent, by window.</summary>
    public List<WindowTotal> Totals { get; init; } = [];

    public Dictionary<string, LeaseState> Leases { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Expired leases. All they were granted counts as spent until it is known what was.</summary>
    public Dictionary<string, LeaseState> Lost { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Leases that have ended, and when.</summary>
    public Dictionary<string, DateTimeOffset> Ended { get; init; } = new(StringComparer.Ordinal);

    /// <summary>When <see cref="Expire"/> has work to do next; null: never.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextExpiry => Leases.Count == 0 ? null : Leases.Values.Min(lease => lease.ExpiresAt);

    /// <summary>Nothing is left to be known.</summary>
    [JsonIgnore]
    public bool IsEmpty => Totals.Count == 0 && Raised.Count == 0 && Leases.Count == 0 && Lost.Count == 0 && Ended.Count == 0 && Minted.Count == 0;

    /// <summary>Takes a message in. Doing so again, or out of turn, changes nothing.</summary>
    /// <returns>What was reached by it.</returns>
    public IReadOnlyList<ThresholdCrossing> Apply(LeaseReport report, DateTimeOffset now)
    {
        Expire(now);
        if (Ended.ContainsKey(report.LeaseId))
        {
            return [];
        }
        var isAdopted = report.Terms.Version > TermsVersion;
        if (isAdopted)
        {
            Adopt(report.Terms);
        }
        Take(report, now);
        return CrossedBy(report, isAdopted, now) ?? (IReadOnlyList<ThresholdCrossing>)[];
    }

    /// <summary>Declares lost what has not been heard of, and forgets what no longer matters.</summary>
    public void Expire(DateTimeOffset now)
    {
        foreach (var (id, lease) in Leases.Where(lease => lease.Value.ExpiresAt <= now).ToList())
        {
            Leases.Remove(id);
            Lost.Add(id, lease);
        }
        foreach (var (id, _) in Ended.Where(ended => now - ended.Value > Remembered).ToList())
        {
            Ended.Remove(id);
        }
        foreach (var (id, lease) in Lost)
        {
            lease.Lines.RemoveAll(line => IsOver(line.Window, now));
            if (lease.Lines.Count == 0)
            {
                Lost.Remove(id);
                Ended[id] = now;
            }
        }
        Totals.RemoveAll(total => IsOver(total.Window, now));
        Raised.RemoveAll(raised => IsOver(raised.Window, now));
    }

    /// <summary>
    /// What a lost lease's rows in the ledger say. Those still open may be under way: they stay granted with their bounds, and this is to be
    /// called again. Calls at a time are given back: whoever made them is taken for dead.
    /// </summary>
    /// <returns>What was reached by it.</returns>
    public IReadOnlyList<ThresholdCrossing> Reconcile(string leaseId, IReadOnlyList<LeaseUse> rows, DateTimeOffset now)
    {
        if (!Lost.TryGetValue(leaseId, out var lease))
        {
            return [];
        }
        lease.IsSummed = true;
        var isFinal = now - lease.ExpiresAt > LongestCall || !rows.Any(row => row.IsOpen);
        for (var i = 0; i < lease.Lines.Count; i++)
        {
            var line = lease.Lines[i];
            var (spent, open) = Sum(rows, line);
            spent = Math.Max(line.Spent, isFinal ? spent + open : spent);
            lease.Lines[i] = line with { Spent = spent, Granted = Math.Max(spent, Math.Min(line.Granted, spent + open)) };
        }
        if (isFinal)
        {
            Lost.Remove(leaseId);
            Finish(leaseId, lease, now);
        }
        List<ThresholdCrossing>? crossed = null;
        foreach (var line in lease.Lines)
        {
            Cross(line.Limit, line.Window, isRefused: false, now, ref crossed);
        }
        return crossed ?? (IReadOnlyList<ThresholdCrossing>)[];
    }

    /// <summary>How a lease stands.</summary>
    public LeaseView View(string leaseId)
    {
        if (Ended.ContainsKey(leaseId))
        {
            return LeaseView.Ended;
        }
        var isLost = Lost.TryGetValue(leaseId, out var lease);
        if (!isLost && !Leases.TryGetValue(leaseId, out lease))
        {
            return LeaseView.None;
        }
        return new LeaseView(lease!.Sequence, isLost, [.. lease.Lines.Select(line => new GrantView(
            line.Limit,
            line.Window,
            line.Granted,
            Math.Max(0, Available(line.Limit, line.Window)),
            MintedOf(line.Limit) + Leases.Concat(Lost.Where(other => !other.Value.IsSummed)).Where(other => other.Key != leaseId).SelectMany(other => other.Value.Lines)
                .Where(other => other.Limit == line.Limit && other.Window == line.Window).Sum(other => other.Granted - other.Spent)))]);
    }

    /// <summary>What of a window is neither spent nor granted; negative when the amount was cut or an upstream overran.</summary>
    public long Available(LimitKey limit, BudgetWindow window) => Amounts.GetValueOrDefault(limit) - Used(limit, window);

    /// <summary>Spent, or granted to somebody.</summary>
    public long Used(LimitKey limit, BudgetWindow window) =>
        Totals.Where(total => total.Limit == limit && total.Window == window).Sum(total => total.Spent)
        + Open().Where(line => line.Limit == limit && line.Window == window).Sum(line => line.Granted)
        + MintedOf(limit);

    private IEnumerable<GrantLine> Open() => Leases.Values.Concat(Lost.Values).SelectMany(lease => lease.Lines);

    private static (long Spent, long Open) Sum(IReadOnlyList<LeaseUse> rows, GrantLine line)
    {
        var (spent, open) = (0L, 0L);
        foreach (var row in rows)
        {
            if (row.ReservedAt >= line.Window.Start && row.ReservedAt < line.Window.End)
            {
                var amount = line.Limit.Unit switch
                {
                    LimitUnit.Requests => 1,
                    LimitUnit.Tokens => row.Tokens,
                    LimitUnit.MicroUsd => row.MicroUsd,
                    _ => 0,
                };
                (spent, open) = row.IsOpen ? (spent, open + amount) : (spent + amount, open);
            }
        }
        return (spent, open);
    }

    private void Adopt(ScopeTerms terms)
    {
        TermsVersion = terms.Version;
        Amounts.Clear();
        foreach (var (limit, amount) in terms.Amounts)
        {
            Amounts.Add(limit, amount);
        }
        Rebase();
    }

    private void Take(LeaseReport report, DateTimeOffset now)
    {
        if (Lost.TryGetValue(report.LeaseId, out var lost))
        {
            TakeSpent(lost, report, now);
            return;
        }
        if (!Leases.TryGetValue(report.LeaseId, out var lease))
        {
            lease = Begin(report, now);
        }
        if (lease is null || report.Sequence <= lease.Sequence)
        {
            return;
        }
        if (lease.Sequence < 0)
        {
            NoteTypical(report);
        }
        lease.Sequence = report.Sequence;
        lease.ExpiresAt = Life == TimeSpan.MaxValue ? DateTimeOffset.MaxValue : now + Life;
        FoldMissing(lease, report);
        foreach (var line in report.Lines)
        {
            TakeLine(lease, line, report.Yields, now);
        }
        if (report.Ends)
        {
            Leases.Remove(report.LeaseId);
            Finish(report.LeaseId, lease, now);
        }
    }

    /// <summary>A lease that was not heard of before: minted and claimed meanwhile, or new; null for a ghost.</summary>
    private LeaseState? Begin(LeaseReport report, DateTimeOffset now)
    {
        if (BeginMinted(report) is { } claimed)
        {
            return claimed;
        }
        if (now - report.SentAt > OldestFirstMessage)
        {
            return null;
        }
        var lease = new LeaseState { Sequence = -1, BeganAt = report.SentAt };
        Leases.Add(report.LeaseId, lease);
        return lease;
    }

    private void TakeLine(LeaseState lease, LeaseLine told, bool yields, DateTimeOffset now)
    {
        var at = lease.Lines.FindIndex(line => line.Limit == told.Limit && line.Window == told.Window);
        if (at < 0)
        {
            lease.Lines.Add(new GrantLine(told.Limit, told.Window, 0, 0));
            at = lease.Lines.Count - 1;
        }
        var old = lease.Lines[at];
        var spent = Math.Max(old.Spent, told.Spent);
        var granted = Math.Max(Math.Min(old.Granted, told.Wanted), spent);
        if (yields)
        {
            // The amount may have been cut below what was granted.
            granted = Math.Max(Math.Min(granted, old.Granted + Available(told.Limit, told.Window)), Math.Max(spent, told.Committed));
        }
        lease.Lines[at] = old with { Spent = spent, Granted = granted };
        if (told.Wanted > granted && IsCurrent(told.Window, now))
        {
            lease.Lines[at] = lease.Lines[at] with { Granted = granted + Grant(told, granted) };
        }
    }

    /// <summary>
    /// All that is wanted while one lease is alone; an even share of what is left where there are more, so that none waits for another's leftovers.
    /// </summary>
    private long Grant(LeaseLine told, long granted)
    {
        var available = Available(told.Limit, told.Window);
        var sharing = Leases.Values.Count(lease => lease.Lines.Exists(line => line.Limit == told.Limit && line.Window == told.Window));
        var share = sharing <= 1 ? available : (available + sharing - 1) / sharing;
        return Math.Clamp(told.Wanted - granted, 0, Math.Max(0, share));
    }

    /// <summary>What a message no longer speaks of is finished: its last word counts.</summary>
    private void FoldMissing(LeaseState lease, LeaseReport report)
    {
        foreach (var line in lease.Lines.Where(line => !report.Lines.Any(told => told.Limit == line.Limit && told.Window == line.Window)).ToList())
        {
            lease.Lines.Remove(line);
            Fold(line);
        }
    }

    /// <summary>A lost lease's instance lives after all. It gets nothing more, but what it says was spent is so.</summary>
    private void TakeSpent(LeaseState lost, LeaseReport report, DateTimeOffset now)
    {
        if (report.Sequence <= lost.Sequence)
        {
            return;
        }
        lost.Sequence = report.Sequence;
        FoldMissing(lost, report);
        for (var i = 0; i < lost.Lines.Count; i++)
        {
            var line = lost.Lines[i];
            var told = report.Lines.First(item => item.Limit == line.Limit && item.Window == line.Window);
            var spent = Math.Max(line.Spent, told.Spent);
            lost.Lines[i] = line with { Spent = spent, Granted = Math.Max(Math.Min(line.Granted, told.Wanted), spent) };
        }
        if (report.Ends || lost.Lines.Count == 0)
        {
            Lost.Remove(report.LeaseId);
            Finish(report.LeaseId, lost, now);
        }
    }

    private void Fold(GrantLine line)
    {
        var at = Totals.FindIndex(total => total.Limit == line.Limit && total.Window == line.Window);
        if (at < 0)
        {
            Totals.Add(new WindowTotal(line.Limit, line.Window, line.Spent));
        }
        else
        {
            Totals[at] = Totals[at] with { Spent = Totals[at].Spent + line.Spent };
        }
    }

    /// <summary>What it has spent counts for ever; the rest is given back.</summary>
    private void Finish(string leaseId, LeaseState lease, DateTimeOffset now)
    {
        lease.Lines.ForEach(Fold);
        Ended[leaseId] = now;
    }

    private static bool IsCurrent(BudgetWindow window, DateTimeOffset now) => window.Start <= now + Lead + Skew && (window.End == DateTimeOffset.MaxValue || window.End > now - Skew);

    private static bool IsOver(BudgetWindow window, DateTimeOffset now) => window.End != DateTimeOffset.MaxValue && window.End + Remembered < now;
}

/// <summary>What an authority knows of a lease.</summary>
internal sealed class LeaseState
{
    public long Sequence { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>No call was made on it before, by its instance's clock.</summary>
    public DateTimeOffset BeganAt { get; init; }

    /// <summary>When the ledger was last asked what it had spent; null: never.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>The ledger has said what it had spent: of what it is still granted nothing comes back soon.</summary>
    public bool IsSummed { get; set; }

    public List<GrantLine> Lines { get; init; } = [];
}

/// <summary>Of one limit in one window: granted so far, spent of that so far.</summary>
internal readonly record struct GrantLine(LimitKey Limit, BudgetWindow Window, long Granted, long Spent);

/// <summary>What ended leases spent of one limit in one window.</summary>
internal readonly record struct WindowTotal(LimitKey Limit, BudgetWindow Window, long Spent);
