using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;

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
    private readonly Dictionary<string, Dictionary<(LimitKey, BudgetWindow), long>> ledger = [];
    private BudgetScope scope;

    public BudgetWorld(int count)
    {
        scope = Scope(0, 3_000, 12, 9_000, 5);
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
            case 13 when step.C % 3 == 0:
                Crash(instance, step.B);
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
        state.Expire(clock.GetUtcNow());
        Reconcile();
        Check();
        foreach (var ((limit, window), used) in truth)
        {
            if (window.End == DateTimeOffset.MaxValue || window.End > clock.GetUtcNow())
            {
                var known = used + generous.GetValueOrDefault((limit, window));
                Assert.True(state.Used(limit, window) == known, $"{limit} of {window.Start:HH:mm}: used {known}, the authority says {state.Used(limit, window)}.\n{Story}");
            }
        }
        Assert.True(state.Leases.Values.Concat(state.Lost.Values).All(lease => lease.Lines.TrueForAll(line => line.Granted == line.Spent)), $"Something is still held.\n{Story}");
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
        var call = new Call(reservation, instance.Book.Lines.ToDictionary(line => line, line => held.AmountOf(line.Limit.Unit)), instance.Book.LeaseId!);
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
        var tokens = call.Amounts.First(item => item.Key.Limit.Unit == LimitUnit.Tokens).Value * percent / 100;
        var money = call.Amounts.First(item => item.Key.Limit.Unit == LimitUnit.MicroUsd).Value * percent / 100;
        Tell($"{instance.Name} settles {tokens} tokens");
        call.Reservation.Settle(tokens, money);
        Book(call, tokens, money);
    }

    private void Book(Call call, long tokens, long money)
    {
        var rows = ledger.TryGetValue(call.LeaseId, out var known) ? known : ledger[call.LeaseId] = [];
        foreach (var (line, amount) in call.Amounts)
        {
            var key = (line.Limit, line.Window);
            var used = line.Limit.Unit switch { LimitUnit.Tokens => tokens, LimitUnit.MicroUsd => money, LimitUnit.Requests => 1, _ => 0 };
            truth[key] += used - amount;
            generous[key] = generous.GetValueOrDefault(key) + (call.IsCharged && line.Limit.Unit != LimitUnit.Concurrency ? amount - used : 0);
            overrun[key] = overrun.GetValueOrDefault(key) + Math.Max(0, used - amount);
            rows[key] = rows.GetValueOrDefault(key) + used;
        }
    }

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
        Tell($"{report.LeaseId}#{report.Sequence} arrives{(keep ? ", and will again" : "")}");
        if (!keep)
        {
            network.RemoveAt(index);
        }
        state.Apply(report, clock.GetUtcNow());
        Allow(report.Terms);
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

    /// <summary>Its calls used something at the upstream that nobody will report; their rows say how much.</summary>
    private void Crash(Instance instance, int percent)
    {
        Tell($"{instance.Name} dies with {instance.Calls.Count} calls");
        foreach (var call in instance.Calls.ToList())
        {
            var tokens = call.Amounts.First(item => item.Key.Limit.Unit == LimitUnit.Tokens).Value * (percent % 101) / 100;
            var money = call.Amounts.First(item => item.Key.Limit.Unit == LimitUnit.MicroUsd).Value * (percent % 101) / 100;
            Book(call, tokens, money);
        }
        instance.Calls.Clear();
        instance.Begin();
    }

    private void Reconcile()
    {
        foreach (var id in state.Lost.Keys.ToList())
        {
            Tell($"the ledger's rows of {id} are summed");
            var rows = ledger.TryGetValue(id, out var known) ? known.ToDictionary() : [];
            // An instance that lives after all: rows of its calls under way count with their bounds, whatever they come to.
            foreach (var call in instances.SelectMany(instance => instance.Calls).Where(call => call.LeaseId == id))
            {
                call.IsCharged = true;
                foreach (var (line, amount) in call.Amounts.Where(item => item.Key.Limit.Unit != LimitUnit.Concurrency))
                {
                    rows[(line.Limit, line.Window)] = rows.GetValueOrDefault((line.Limit, line.Window)) + amount;
                }
            }
            state.Reconcile(id, [.. rows.Select(row => new LeaseLine(row.Key.Item1, row.Key.Item2, row.Value, row.Value, 0))], clock.GetUtcNow());
        }
    }

    private void Check()
    {
        foreach (var call in instances.SelectMany(instance => instance.Calls).Where(call => !call.IsCharged))
        {
            var known = state.Leases.GetValueOrDefault(call.LeaseId) ?? state.Lost.GetValueOrDefault(call.LeaseId);
            foreach (var line in call.Amounts.Keys.Where(line => line.Window.End > clock.GetUtcNow()))
            {
                var granted = known?.Lines.Find(item => item.Limit == line.Limit && item.Window == line.Window).Granted ?? 0;
                var committed = line.Spent + line.Reserved - overrun.GetValueOrDefault((line.Limit, line.Window));
                Assert.True(committed <= granted, $"{call.LeaseId} has committed {committed} of {line.Limit}, and was granted {granted}.\n{Story}");
            }
        }
        foreach (var ((limit, window), used) in truth)
        {
            var allowed = highest[limit] + overrun.GetValueOrDefault((limit, window));
            Assert.True(used <= allowed, $"{limit} of {window.Start:HH:mm}: {used} is spent or under way, of {allowed}.\n{Story}");
            var promised = state.Used(limit, window);
            Assert.True(promised <= allowed, $"{limit} of {window.Start:HH:mm}: {promised} is spent or granted, of {allowed}.\n{Story}");
        }
    }

    private void Allow(ScopeTerms terms)
    {
        foreach (var (limit, amount) in terms.Amounts)
        {
            highest[limit] = Math.Max(highest.GetValueOrDefault(limit), amount);
        }
    }

    private void Tell(string what) => Story.AppendLine(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss} {what}");

    public readonly record struct Step(int Kind, int A, int B, int C);

    private sealed record Call(Reservation Reservation, Dictionary<HeldLine, long> Amounts, string LeaseId)
    {
        /// <summary>Its lease was reconciled while it was under way.</summary>
        public bool IsCharged { get; set; }
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
