using System.Globalization;

namespace Tollgate.Budgets;

/// <summary>
/// Leases made before anybody asks, which an instance may take without asking. Until it is known who took one, and in which windows, it counts as granted
/// in every window.
/// </summary>
internal sealed partial class BudgetState
{
    /// <summary>Most leases that wait to be taken.</summary>
    public const int MostMinted = 4;

    /// <summary>All that wait hold together no more than one part in so many of what is left.</summary>
    private const int MintedShare = 4;

    /// <summary>After they were needed elsewhere none are made for so long.</summary>
    private static readonly TimeSpan MintRest = TimeSpan.FromMinutes(2);

    /// <summary>By id.</summary>
    public Dictionary<string, MintedLease> Minted { get; init; } = new(StringComparer.Ordinal);

    /// <summary>How many were ever made: the next one's number.</summary>
    public long MintedSoFar { get; set; }

    /// <summary>Up to which number its entity has told itself to show them.</summary>
    public long RemindedOf { get; set; }

    /// <summary>How many should wait. Grows when somebody found none.</summary>
    public int MintWanted { get; set; } = 1;

    public DateTimeOffset MintAfter { get; set; }

    /// <summary>What a lease first wants, of late.</summary>
    public Dictionary<LimitKey, long> Typical { get; init; } = [];

    /// <summary>Part of the ids of what is made here: of another state of the same scope, begun later, it is another.</summary>
    public string? MintName { get; set; }

    /// <summary>What waits to be taken is in the way of what a message wants.</summary>
    public bool IsMintedNeeded(LeaseReport report)
    {
        if (Minted.Count == 0)
        {
            return false;
        }
        var amounts = report.Terms.Version > TermsVersion ? report.Terms.Amounts : Amounts;
        return Minted.Values.Any(minted => minted.TermsVersion != Math.Max(report.Terms.Version, TermsVersion)) || report.Lines.Any(told =>
        {
            var granted = Leases.GetValueOrDefault(report.LeaseId)?.Lines.Find(line => line.Limit == told.Limit && line.Window == told.Window).Granted ?? 0;
            return told.Wanted - granted > amounts.GetValueOrDefault(told.Limit) - Used(told.Limit, told.Window);
        });
    }

    /// <summary>The lease is none that is known: its instance found none waiting.</summary>
    public bool IsNew(string leaseId) => !Leases.ContainsKey(leaseId) && !Lost.ContainsKey(leaseId) && !Ended.ContainsKey(leaseId) && !Minted.ContainsKey(leaseId);

    /// <summary>Makes leases where some are missing and enough is left. They may be shown once this state is stored.</summary>
    /// <param name="scope">Whose.</param>
    /// <param name="now">The time.</param>
    public void MintMissing(string scope, DateTimeOffset now)
    {
        if (Amounts.Count == 0 || now < MintAfter)
        {
            return;
        }
        MintName ??= string.Create(CultureInfo.InvariantCulture, $"{scope}@{now.ToUnixTimeMilliseconds():x}");
        for (var slot = 0; slot < MintWanted; slot++)
        {
            if (Minted.Values.Any(minted => minted.Slot == slot))
            {
                continue;
            }
            List<MintedGrant> grants = [];
            foreach (var limit in Amounts.Keys)
            {
                var left = LeftInEveryWindow(limit);
                var size = Math.Min(Typical.GetValueOrDefault(limit), Math.Max(1, left / (MintedShare * MostMinted)));
                if (size <= 0 || left < size * MintedShare)
                {
                    return;
                }
                grants.Add(new MintedGrant(limit, size, left - size));
            }
            var number = MintedSoFar++;
            Minted.Add(string.Create(CultureInfo.InvariantCulture, $"{MintName}-{number}"), new MintedLease(slot, number, TermsVersion, now, grants));
        }
    }

    /// <summary>Somebody took it, as its row says, and has not been heard of yet.</summary>
    /// <param name="leaseId">Which.</param>
    /// <param name="windows">For what windows.</param>
    /// <param name="now">The time.</param>
    public void Claim(string leaseId, IReadOnlyDictionary<LimitKey, BudgetWindow> windows, DateTimeOffset now)
    {
        if (Minted.Remove(leaseId, out var minted))
        {
            Leases.Add(leaseId, new LeaseState
            {
                Sequence = -1,
                ExpiresAt = now + Life,
                BeganAt = minted.MintedAt,
                Lines = [.. minted.Grants.Where(grant => windows.ContainsKey(grant.Limit)).Select(grant => new GrantLine(grant.Limit, windows[grant.Limit], grant.Amount, 0))],
            });
        }
    }

    /// <summary>Nobody took it, and nobody can any more.</summary>
    public void Withdraw(string leaseId, DateTimeOffset now)
    {
        Minted.Remove(leaseId);
        MintAfter = now + MintRest;
    }

    /// <summary>Its row is there for all to see.</summary>
    public void Show(string leaseId)
    {
        if (Minted.TryGetValue(leaseId, out var minted))
        {
            Minted[leaseId] = minted with { IsShown = true };
        }
    }

    private long MintedOf(LimitKey limit) => Minted.Values.Sum(minted => minted.Grants.Where(grant => grant.Limit == limit).Sum(grant => grant.Amount));

    /// <summary>What is left in the window where least is.</summary>
    private long LeftInEveryWindow(LimitKey limit)
    {
        var windows = Totals.Where(total => total.Limit == limit).Select(total => total.Window).Concat(Open().Where(line => line.Limit == limit).Select(line => line.Window)).Distinct();
        return windows.Select(window => Available(limit, window)).Append(Amounts.GetValueOrDefault(limit) - MintedOf(limit)).Min();
    }

    /// <summary>
    /// The lease of a message, if it is one that waited to be taken. Which windows it was taken in the message says: the others that it tells of
    /// had as much set aside.
    /// </summary>
    private LeaseState? BeginMinted(LeaseReport report)
    {
        if (!Minted.Remove(report.LeaseId, out var minted))
        {
            return null;
        }
        var lease = new LeaseState { Sequence = -1, BeganAt = minted.MintedAt };
        foreach (var told in report.Lines)
        {
            if (minted.Grants.Find(grant => grant.Limit == told.Limit) is { Amount: > 0 } grant)
            {
                lease.Lines.Add(new GrantLine(told.Limit, told.Window, grant.Amount, 0));
            }
        }
        Leases.Add(report.LeaseId, lease);
        return lease;
    }

    /// <summary>What leases that begin want, smoothed.</summary>
    private void NoteTypical(LeaseReport report)
    {
        foreach (var line in report.Lines)
        {
            var wanted = Math.Min(line.Wanted, Amounts.GetValueOrDefault(line.Limit));
            Typical[line.Limit] = Typical.TryGetValue(line.Limit, out var known) ? (known + wanted + 1) / 2 : wanted;
        }
    }
}

/// <summary>A lease that waits to be taken.</summary>
/// <param name="Slot">Which of the scope's rows it is in; 0 … <see cref="BudgetState.MostMinted"/> − 1.</param>
/// <param name="Number">Of all that were made.</param>
/// <param name="TermsVersion">By which limits it was made.</param>
/// <param name="MintedAt">When.</param>
/// <param name="Grants">What it grants, in whichever windows it is taken.</param>
internal sealed record MintedLease(int Slot, long Number, long TermsVersion, DateTimeOffset MintedAt, List<MintedGrant> Grants)
{
    /// <summary>Its row may be there for all to see.</summary>
    public bool IsShown { get; init; }
}

/// <summary>So much of a limit.</summary>
/// <param name="Limit">Which.</param>
/// <param name="Amount">How much.</param>
/// <param name="Left">What was left beside it, in the window where least was.</param>
internal readonly record struct MintedGrant(LimitKey Limit, long Amount, long Left);
