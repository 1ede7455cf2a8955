using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;

namespace Tollgate.Gateway.Tests.Admission;

/// <summary>Any schedule of reserving, settling and time passing, against a model that only adds up.</summary>
public sealed class BudgetAccountModelTests
{
    private static readonly Gen<CallBound> Bounds =
        from prompt in Gen.Long[0, 800]
        from output in Gen.Long[1, 3000]
        from choices in Gen.Int[1, 4]
        from cost in Gen.Int[0, 3000]
        from rate in Gen.Int[0, 40]
        select new CallBound(prompt, output, choices, cost / 4m, rate / 10m);

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (4, Bounds.Select(bound => new Step(bound, 0, 0, 0))),
        (4, Gen.Select(Gen.Int[0, 9], Gen.Double[0, 1], (which, part) => new Step(null, which, part, 0))),
        (1, Gen.Int[1, 100].Select(seconds => new Step(null, 0, 0, seconds))));

    private static readonly Gen<Limit> Limits = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Long[0, 6000], (unit, window, amount) =>
        new Limit((LimitUnit)unit, (LimitWindow)window, unit == 0 ? amount / 500 : amount));

    [Fact]
    public void AnySchedule_SpentAndReservedNeverExceedTheAmount() =>
        Gen.Select(Limits.Array[1, 3], Steps.Array[1, 60]).Sample((limits, steps) =>
        {
            var time = new FakeTimeProvider(Some.Now);
            var account = new BudgetAccount(limits, time);
            var models = limits.Select(limit => new Model(limit)).ToArray();
            var open = new List<Reservation>();
            foreach (var step in steps)
            {
                if (step.Seconds > 0)
                {
                    time.Advance(TimeSpan.FromSeconds(step.Seconds));
                }
                else if (step.Bound is { } bound)
                {
                    Reserve(account, models, open, bound, time.GetUtcNow());
                }
                else if (open.Count > 0)
                {
                    var reservation = open[step.Which % open.Count];
                    open.Remove(reservation);
                    var (tokens, money) = ((long)(step.Part * reservation.AmountOf(LimitUnit.Tokens)), (long)(step.Part * reservation.AmountOf(LimitUnit.MicroUsd)));
                    reservation.Settle(tokens, money);
                    Array.ForEach(models, model => model.Settle(reservation, tokens, money));
                }
                Assert.All(models, model => Assert.True(model.Spent + model.Reserved <= model.Limit.Amount));
            }
        });

    private static void Reserve(BudgetAccount account, Model[] models, List<Reservation> open, CallBound bound, DateTimeOffset now)
    {
        Array.ForEach(models, model => model.Roll(now));
        try
        {
            var reservation = account.Reserve(bound);
            Assert.InRange(reservation.OutputTokens, Math.Min(BudgetAccount.LeastOutput, bound.OutputTokens), bound.OutputTokens);
            open.Add(reservation);
            Array.ForEach(models, model => model.Hold(reservation));
            foreach (var unit in models.Select(model => model.Limit.Unit).Distinct())
            {
                Assert.Equal(models.Where(model => model.Limit.Unit == unit).Min(model => model.Limit.Amount - model.Spent - model.Reserved), account.Remaining(unit));
            }
        }
        catch (BudgetRefusedException refused)
        {
            // Refused only where the least output really does not fit that limit.
            var least = new Reservation(account, bound with { OutputTokens = Math.Min(BudgetAccount.LeastOutput, bound.OutputTokens) }, lowered: false, 0);
            Assert.Contains(models, model => model.Limit == refused.Limit && least.AmountOf(model.Limit.Unit) > model.Limit.Amount - model.Spent - model.Reserved);
        }
    }

    /// <param name="Bound">To reserve.</param>
    /// <param name="Which">Else: which open reservation to settle,</param>
    /// <param name="Part">with how much of it used,</param>
    /// <param name="Seconds">or how much time passes.</param>
    private sealed record Step(CallBound? Bound, int Which, double Part, int Seconds);

    private sealed class Model(Limit limit)
    {
        private readonly Dictionary<Reservation, DateTimeOffset> held = [];
        private DateTimeOffset start;

        public Limit Limit { get; } = limit;

        public long Spent { get; private set; }

        public long Reserved { get; private set; }

        public void Roll(DateTimeOffset now)
        {
            var current = Limit.Window.StartOf(now);
            if (current != start)
            {
                (start, Spent, Reserved) = (current, 0, 0);
            }
        }

        public void Hold(Reservation reservation)
        {
            held[reservation] = start;
            Reserved += reservation.AmountOf(Limit.Unit);
        }

        public void Settle(Reservation reservation, long tokens, long money)
        {
            if (held.Remove(reservation, out var window) && window == start)
            {
                Reserved -= reservation.AmountOf(Limit.Unit);
                Spent += Limit.Unit switch { LimitUnit.Requests => 1, LimitUnit.Tokens => tokens, _ => money };
            }
        }
    }
}
