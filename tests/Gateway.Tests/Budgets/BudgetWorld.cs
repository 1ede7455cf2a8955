using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Budgets;

/// <summary>
/// One authority, a few instances with clocks of their own, a network that doubles, delays, reorders and loses messages, and calls that
/// really use something. Checks after every step that no budget is overspent.
/// </summary>
internal sealed class BudgetWorld
{
    private static readonly LimitKey[] Limits =
    [
        new(LimitUnit.Tokens, LimitWindow.Minute), new(LimitUnit.Requests, LimitWindow.Minute), new(LimitUnit.MicroUsd, LimitWindow.Day), new(LimitUnit.Concurrency, LimitWindow.Total),
    ];

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 30, TimeSpan.Zero));
    private readonly BudgetState state = new();
    private readonly List<Instance> instances = [];
    private readonly List<(Instance From, LeaseReport Report)> network = [];
    private readonly Dictionary<(LimitKey, BudgetWindow), long> truth = [];
    private readonly Dictionary<(LimitKey, BudgetWindow), long> overrun = [];
    private readonly Dictionary<(LimitKey, BudgetWindow), long> generous = [];
    private readonly Dictionary<LimitKey, long> highest = [];
    private readonly Dictionary<string, List<LeaseUse>> ledger = [];
    private readonly List<Call> dead = [];
    private readonly HashSet<(LimitKey, BudgetWindow, long, int)> raised = [];
    private readonly HashSet<(LimitKey, BudgetWindow, long)> refused = [];
    private readonly Slot[] slots = [.. Enumerable.Range(0, BudgetState.MostMinted).Select(_ => new Slot())];
    private BudgetScope scope;

    public BudgetWorld(int count)
    {
        scope = Scope(0, 3_000, 12, 2_000, 5);
        for (var i = 0; i < count; i++)
        {
            var instance = new Instance(i, scope, clock.GetUtcNow().AddSeconds(i % 3 == 0 ? 0 : i % 3 == 1 ? 5 : -5));
            instance.Begin();
            instances.Add(instance);
        }
        Allow(scope.Terms);
    }

    public StringBuilder Story { get; } = new();

    public void Do(Step step)
    {
        var instance = instances[step.A % instances.Count];
        switch (step.Kind)
        {
            case 0 or 1 or 2:
                Reserve(instance, prompt: 1 + step.B, output: 1 + (step.B * 7 % 900));
                break;
            case 3 or 4 when instance.Calls.Count > 0:
                Settle(instance, instance.Calls[step.B % instance.Calls.Count], step.C % 11 == 0 ? 120 : step.C % 101);
                break;
            case 5 or 6 or 7 when network.Count > 0:
                Deliver(step.B % network.Count, keep: step.C % 4 == 0);
                break;
            case 8 when network.Count > 0:
                Tell($"lose message {network[step.B % network.Count].Report.LeaseId}#{network[step.B % network.Count].Report.Sequence}");
                network.RemoveAt(step.B % network.Count);
                break;
            case 9 or 10:
                Look(instance, step.C);
                break;
            case 11:
                Advance(TimeSpan.FromSeconds(step.C % 5 == 0 ? 25 : 1 + (step.B % 5)));
                break;
            case 12:
                Tick(instance);
                break;
            case 19:
                // Long enough for a lease to be lost.
                Advance(TimeSpan.FromSeconds(20 + (step.B % 50)));
                break;
            case 26:
                // Everybody is heard and hears for as long as a lease is kept.
                for (var passed = TimeSpan.Zero; passed < ScopeBook.MostAge; passed += ScopeBook.ToldEvery)
                {
                    Array.ForEach([.. instances], Tick);
                    while (network.Count > 0)
                    {
                        Deliver(0, keep: false);
                    }
                    instances.ForEach(each => Look(each, 0));
                    Advance(ScopeBook.ToldEvery);
                    Check();
                }
                break;
            case 13 when step.C % 3 == 0:
                Crash(instance);
                break;
            case 14:
                scope = Scope(scope.Terms.Version + 1, 200 + (step.B * 37 % 6_000), 1 + (step.C % 20), 500 + (step.A * 977 % 9_000), 1 + (step.B % 7));
                Tell($"limits become {string.Join(", ", scope.Terms.Amounts.Values)}");
                break;
            case 15:
                Tell($"{instance.Name} hears of the limits");
                instance.Book.Adopt(scope);
                break;
            case 16:
                Reconcile();
                break;
            case 20:
                state.MintMissing("t", clock.GetUtcNow());
                state.MintWanted = 1 + (step.C % BudgetState.MostMinted);
                Tell($"{state.Minted.Count} leases wait");
                break;
            case 21:
                ShowMinted();
                break;
            case 22 or 23:
                Claim(instance, step.B);
                break;
            case 24:
                LookAtSlots(withdraw: step.C % 2 == 0);
                break;
            case 25:
                CloseRows(step.B % 3);
                break;
            case 27 or 28:
                // A call that asks, is heard and hears.
                Reserve(instance, prompt: 1 + (step.B % 200), output: 1 + (step.C * 7));
                while (network.Count > 0)
                {
                    Deliver(0, keep: false);
                }
                Look(instance, 0);
                Reserve(instance, prompt: 1 + (step.B % 200), output: 1 + (step.C * 7));
                break;
            case 29:
                Refuse(instance, new CallBound(1 + (step.B * 5 % 900), 1 + (step.C * 7), 1, 1 + (step.B * 5 % 900), 1));
                break;
            case 17 or 18:
                // Gives back what it does not need now.
                Array.ForEach(instance.Book.Lines, line => line.Ahead = 0);
                if (instance.Book.LeaseId is not null)
                {
                    Send(instance, instance.Book.Ask());
                }
                break;
        }
        Check();
    }

    /// <summary>Everybody finishes, everything arrives: what is spent is what was used, and nothing is held.</summary>
    public void ComeToRest()
    {
        foreach (var instance in instances)
        {
            while (instance.Calls.Count > 0)
            {
                Settle(instance, instance.Calls[0], 50);
            }
        }
        CloseRows(dead.Count);
        for (var round = 0; round < 12; round++)
        {
            foreach (var instance in instances)
            {
                Tick(instance);
            }
            while (network.Count > 0)
            {
                Deliver(0, keep: false);
            }
            foreach (var instance in instances)
            {
                Look(instance, 0);
            }
            Advance(BudgetState.LeaseLife / 4);
            Check();
        }
        LookAtSlots(withdraw: true);
        Advance(BudgetState.LeaseLife);
        Reconcile();
        Check();
        foreach (var ((limit, window), used) in truth)
        {
            if (window.End == DateTimeOffset.MaxValue || window.End > clock.GetUtcNow())
            {
                var known = used + generous.GetValueOrDefault((limit, window));
                Holds(state.Used(limit, window) == known, $"{limit} of {window.Start:HH:mm}: used {known}, the authority says {state.Used(limit, window)}.");
            }
        }
        CheckRaised();
        Holds(state.Leases.Values.Concat(state.Lost.Values).All(lease => lease.Lines.TrueForAll(line => line.Granted == line.Spent)), $"Something is still held.");
    }

    private static BudgetScope Scope(long version, params long[] amounts) =>
        new(LimitScope.Tenant, "tenant:t", new ScopeTerms(version, Limits.Zip(amounts).ToDictionary(pair => pair.First, pair => pair.Second)), TimeZoneInfo.Utc);

    private void Reserve(Instance instance, int prompt, int output)
    {
        var bound = new CallBound(prompt, output, 1, prompt, 1);
        var reservation = new Reservation([instance.Book], bound);
        var now = instance.Clock.GetUtcNow();
        if (reservation.TryHold(Math.Min(BoundMath.LeastOutput, output), now) >= 0)
        {
            instance.Book.Await(bound);
            var waiting = instance.Book.Lines;
            Send(instance, instance.Book.Ask());
            ScopeBook.AwaitNoLonger(waiting, bound);
            return;
        }
        var held = bound with { OutputTokens = reservation.OutputTokens };
        var call = new Call(reservation, instance.Book.Lines.ToDictionary(line => line, line => held.AmountOf(line.Limit.Unit)), instance.Book.LeaseId!, now);
        foreach (var (line, amount) in call.Amounts)
        {
            truth[(line.Limit, line.Window)] = truth.GetValueOrDefault((line.Limit, line.Window)) + amount;
        }
        instance.Calls.Add(call);
        Tell($"{instance.Name} admits a call of {held.AmountOf(LimitUnit.Tokens)} tokens");
    }

    private void Settle(Instance instance, Call call, int percent)
    {
        instance.Calls.Remove(call);
        var tokens = call.AmountOf(LimitUnit.Tokens) * percent / 100;
        var money = call.AmountOf(LimitUnit.MicroUsd) * percent / 100;
        Tell($"{instance.Name} settles {tokens} tokens");
        call.Reservation.Settle(tokens, money);
        Book(call, tokens, money);
    }

    private void Book(Call call, long tokens, long money)
    {
        foreach (var (line, amount) in call.Amounts)
        {
            var key = (line.Limit, line.Window);
            var used = line.Limit.Unit switch { LimitUnit.Tokens => tokens, LimitUnit.MicroUsd => money, LimitUnit.Requests => 1, _ => 0 };
            if (line.Limit.Unit != LimitUnit.Concurrency || !call.IsPresumedDead)
            {
                truth[key] += used - amount;
            }
            generous[key] = generous.GetValueOrDefault(key) + (call.IsCharged && line.Limit.Unit != LimitUnit.Concurrency ? amount - used : 0);
            overrun[key] = overrun.GetValueOrDefault(key) + Math.Max(0, used - amount);
        }
        RowsOf(call).Add(new LeaseUse(call.ReservedAt, IsOpen: false, tokens, money));
    }

    private List<LeaseUse> RowsOf(Call call) => ledger.TryGetValue(call.LeaseId, out var known) ? known : ledger[call.LeaseId] = [];

    private void Send(Instance instance, IReadOnlyList<LeaseReport> reports)
    {
        foreach (var report in reports)
        {
            Tell($"{instance.Name} sends {report.LeaseId}#{report.Sequence}: {string.Join("; ", report.Lines.Select(line => $"{line.Limit.Unit}@{line.Window.Start:HH:mm} spent {line.Spent} wants {line.Wanted}"))}");
            network.Add((instance, report));
        }
    }

    private void Deliver(int index, bool keep)
    {
        var (_, report) = network[index];
        if (state.IsMintedNeeded(report) && index % 5 != 4)
        {
            LookAtSlots(withdraw: true);
        }
        Tell($"{report.LeaseId}#{report.Sequence} arrives{(keep ? ", and will again" : "")}");
        if (!keep)
        {
            network.RemoveAt(index);
        }
        // Older terms may have the same amount: then it is used up all the same.
        var amounts = report.Terms.Version >= state.TermsVersion ? report.Terms.Amounts : state.Amounts;
        foreach (var line in report.Lines.Where(line => line.Refused && !state.Ended.ContainsKey(report.LeaseId)))
        {
            if (report.Terms.Amounts.TryGetValue(line.Limit, out var amount) && amount == amounts.GetValueOrDefault(line.Limit, -1))
            {
                refused.Add((line.Limit, line.Window, amount));
            }
        }
        Raise(state.Apply(report, clock.GetUtcNow()));
        Allow(report.Terms);
    }

    /// <summary>A call that finds too little is not tried again.</summary>
    private void Refuse(Instance instance, CallBound bound)
    {
        foreach (var line in instance.Book.Lines)
        {
            instance.Book.NoteRefused(line.Limit, bound);
        }
        Tell($"{instance.Name} refuses by {string.Join(", ", instance.Book.Lines.Where(line => line.IsRefused).Select(line => line.Limit))}");
    }

    private void Raise(IReadOnlyList<ThresholdCrossing> crossed)
    {
        foreach (var (limit, window, percent, spent, amount) in crossed)
        {
            Tell($"{percent} % of {amount} {limit.Unit} is raised: {spent} are spent");
            Holds(!limit.IsRate, $"{limit} is a rate.");
            Holds(raised.Add((limit, window, amount, percent)), $"{percent} % of {amount} {limit} is raised twice.");
        }
    }

    /// <summary>At 100 percent is what is spent, or by what calls were refused.</summary>
    private void CheckRaised()
    {
        foreach (var (limit, window) in truth.Keys.Concat(refused.Select(item => (item.Item1, item.Item2))).Distinct())
        {
            var isUsedUp = state.Spent(limit, window) >= state.Amounts[limit] || refused.Contains((limit, window, state.Amounts[limit]));
            var isRaised = state.Raised.FindLast(item => item.Limit == limit && item.Window == window).Percent == 100;
            Holds(limit.IsRate || isUsedUp == isRaised, $"{limit}: {state.Spent(limit, window)} of {state.Amounts[limit]} is spent, and 100 % is {(isRaised ? "" : "not ")}raised.");
        }
    }

    private void Look(Instance instance, int which)
    {
        foreach (var id in instance.Book.LeaseIds)
        {
            var view = state.View(id);
            instance.Seen.Add((id, view));
            // Now and then what is read is an older state.
            var (oldId, old) = which % 5 == 4 ? instance.Seen[which * 31 % instance.Seen.Count] : (id, view);
            Tell($"{instance.Name} reads {oldId}: #{old.Sequence}{(old.Lost ? " lost" : "")}");
            instance.Book.Absorb(oldId, old);
        }
    }

    private void Advance(TimeSpan by)
    {
        Tell($"{by.TotalSeconds} s pass");
        clock.Advance(by);
        foreach (var instance in instances)
        {
            instance.Clock.Advance(by);
        }
        state.Expire(clock.GetUtcNow());
    }

    private void Tick(Instance instance)
    {
        Send(instance, instance.Book.Due(instance.Clock.GetUtcNow()));
    }

    /// <summary>Nobody will report what its calls used; their rows stay open.</summary>
    private void Crash(Instance instance)
    {
        Tell($"{instance.Name} dies with {instance.Calls.Count} calls");
        foreach (var call in instance.Calls)
        {
            PresumeDead(call);
            dead.Add(call);
        }
        instance.Calls.Clear();
        instance.Begin();
    }

    /// <summary>Open rows of the dead are closed with their bounds.</summary>
    private void CloseRows(int count)
    {
        foreach (var call in dead.Take(count).ToList())
        {
            Tell($"a dead call of {call.LeaseId} is taken to have used {call.AmountOf(LimitUnit.Tokens)} tokens");
            dead.Remove(call);
            RowsOf(call).Add(new LeaseUse(call.ReservedAt, IsOpen: false, call.AmountOf(LimitUnit.Tokens), call.AmountOf(LimitUnit.MicroUsd)));
        }
    }

    /// <summary>It counts no longer among the calls at a time.</summary>
    private void PresumeDead(Call call)
    {
        if (!call.IsPresumedDead)
        {
            call.IsPresumedDead = true;
            foreach (var (line, amount) in call.Amounts.Where(item => item.Key.Limit.Unit == LimitUnit.Concurrency))
            {
                truth[(line.Limit, line.Window)] -= amount;
            }
        }
    }

    private void ShowMinted()
    {
        foreach (var (id, minted) in state.Minted.Where(item => !item.Value.IsShown).ToList())
        {
            Tell($"{id} is shown: {string.Join(", ", minted.Grants.Select(grant => $"{grant.Limit.Unit} {grant.Amount}"))}");
            (slots[minted.Slot].LeaseId, slots[minted.Slot].Windows, slots[minted.Slot].IsFree) = (id, null, true);
            (slots[minted.Slot].Version, slots[minted.Slot].Grants) = (minted.TermsVersion, minted.Grants);
            state.Show(id);
        }
    }

    private void Claim(Instance instance, int which)
    {
        var now = instance.Clock.GetUtcNow();
        var slot = slots[which % slots.Length];
        if (!slot.IsFree || !instance.Book.WantsLease)
        {
            return;
        }
        slot.IsFree = false;
        slot.Windows = instance.Book.Scope.Terms.Amounts.Keys.ToDictionary(limit => limit, limit => instance.Book.Scope.WindowOf(limit, now));
        var claimed = new ClaimedLease(slot.LeaseId!, slot.Version, [.. slot.Grants.Where(grant => slot.Windows.ContainsKey(grant.Limit)).Select(grant => new GrantView(grant.Limit, slot.Windows[grant.Limit], grant.Amount, grant.Left, 0))]);
        Tell($"{instance.Name} takes {slot.LeaseId}");
        if (which % 11 != 0)
        {
            Assert.True(instance.Book.TryTake(claimed, instance.Clock.GetTimestamp(), now));
        }
        else
        {
            Tell($"{instance.Name} dies");
            Crash(instance);
        }
    }

    /// <summary>The authority learns from the rows which were taken, and takes back the others.</summary>
    private void LookAtSlots(bool withdraw)
    {
        foreach (var (id, minted) in state.Minted.ToList())
        {
            var slot = slots[minted.Slot];
            if (minted.IsShown && slot.Windows is { } windows)
            {
                Tell($"{id} turns out to be taken");
                state.Claim(id, windows, clock.GetUtcNow());
            }
            else if (withdraw)
            {
                Tell($"{id} is withdrawn");
                slot.IsFree = minted.IsShown ? false : slot.IsFree;
                state.Withdraw(id, clock.GetUtcNow());
                state.MintAfter = default;
            }
        }
    }

    private void Reconcile()
    {
        foreach (var (id, lost) in state.Lost.ToList())
        {
            Tell($"the ledger's rows of {id} are summed");
            var calls = instances.SelectMany(instance => instance.Calls).Concat(dead).Where(call => call.LeaseId == id).ToList();
            var rows = ledger.GetValueOrDefault(id, []).Concat(calls.Select(call => new LeaseUse(call.ReservedAt, IsOpen: true, call.AmountOf(LimitUnit.Tokens), call.AmountOf(LimitUnit.MicroUsd))));
            // Rows that are open for ever count with their bounds, whatever they come to.
            calls.ForEach(call => call.IsCharged |= clock.GetUtcNow() - lost.ExpiresAt > BudgetState.LongestCall);
            calls.ForEach(PresumeDead);
            Raise(state.Reconcile(id, [.. rows], clock.GetUtcNow()));
        }
    }

    private void Check()
    {
        foreach (var call in instances.SelectMany(instance => instance.Calls).Where(call => !call.IsCharged))
        {
            var known = state.Leases.GetValueOrDefault(call.LeaseId) ?? state.Lost.GetValueOrDefault(call.LeaseId);
            foreach (var line in call.Amounts.Keys.Where(line => line.Window.End > clock.GetUtcNow() && !(call.IsPresumedDead && line.Limit.Unit == LimitUnit.Concurrency)))
            {
                var minted = state.Minted.GetValueOrDefault(call.LeaseId)?.Grants.Find(grant => grant.Limit == line.Limit).Amount ?? 0;
                var granted = known is null ? minted : known.Lines.Find(item => item.Limit == line.Limit && item.Window == line.Window).Granted;
                var committed = line.Spent + line.Reserved - overrun.GetValueOrDefault((line.Limit, line.Window));
                Holds(committed <= granted, $"{call.LeaseId} has committed {committed} of {line.Limit}, and was granted {granted}.");
            }
        }
        foreach (var ((limit, window), used) in truth)
        {
            var allowed = highest[limit] + overrun.GetValueOrDefault((limit, window));
            Holds(used <= allowed, $"{limit} of {window.Start:HH:mm}: {used} is spent or under way, of {allowed}.");
        }
        var told = state.Leases.Values.Concat(state.Lost.Values).SelectMany(lease => lease.Lines).Select(line => (line.Limit, line.Window));
        foreach (var (limit, window) in told.Concat(truth.Keys).Distinct())
        {
            var allowed = highest[limit] + overrun.GetValueOrDefault((limit, window));
            var promised = state.Used(limit, window);
            Holds(promised <= allowed, $"{limit} of {window.Start:HH:mm}: {promised} is spent or granted, of {allowed}.");
        }
    }

    private void Allow(ScopeTerms terms)
    {
        foreach (var (limit, amount) in terms.Amounts)
        {
            highest[limit] = Math.Max(highest.GetValueOrDefault(limit), amount);
        }
    }

    /// <summary>The words are put together only where something does not hold: the story is long.</summary>
    private void Holds(bool holds, FormattableString what)
    {
        if (!holds)
        {
            Assert.Fail($"{FormattableString.Invariant(what)}\n{Story}");
        }
    }

    private void Tell(string what) => Story.AppendLine(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss} {what}");

    public readonly record struct Step(int Kind, int A, int B, int C);

    /// <summary>A row of the table of leases that wait to be taken.</summary>
    private sealed class Slot
    {
        public string? LeaseId { get; set; }

        public bool IsFree { get; set; }

        public long Version { get; set; }

        public List<MintedGrant> Grants { get; set; } = [];

        /// <summary>What it was taken for.</summary>
        public Dictionary<LimitKey, BudgetWindow>? Windows { get; set; }
    }

    private sealed record Call(Reservation Reservation, Dictionary<HeldLine, long> Amounts, string LeaseId, DateTimeOffset ReservedAt)
    {
        /// <summary>The authority has given back its place among the calls at a time.</summary>
        public bool IsPresumedDead { get; set; }

        /// <summary>Its lease was reconciled while it was under way.</summary>
        public bool IsCharged { get; set; }

        public long AmountOf(LimitUnit unit) => Amounts.First(item => item.Key.Limit.Unit == unit).Value;
    }

    private sealed class Instance(int number, BudgetScope scope, DateTimeOffset now)
    {
        private int lives;

        public string Name => $"i{number}.{lives}";

        public FakeTimeProvider Clock { get; } = new(now);

        public ScopeBook Book { get; private set; } = null!;

        public List<Call> Calls { get; } = [];

        public List<(string, LeaseView)> Seen { get; } = [];

        /// <summary>A new process takes its place.</summary>
        public void Begin()
        {
            lives++;
            Seen.Clear();
            Book = new ScopeBook(scope, Name, isShared: true, Clock);
        }
    }
}
