using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class LeaseBookTests
{
    private readonly FakeTimeProvider time = new(Some.Now);

    [Theory]
    [InlineData(nameof(LimitUnit.Requests), 1)]
    [InlineData(nameof(LimitUnit.Tokens), 100 + (2 * 300))]
    [InlineData(nameof(LimitUnit.MicroUsd), 50 + (2 * 300 * 3))]
    public void Reserve_Unit_HoldsTheBound(string unit, long held)
    {
        var account = Account(new Limit(Enum.Parse<LimitUnit>(unit), LimitWindow.Month, 1_000_000));
        var reservation = account.Reserve(new CallBound(100, 300, 2, 49.5m, 3));
        Assert.Equal(1_000_000 - held, account.Remaining(Enum.Parse<LimitUnit>(unit)));
        Assert.Equal((300, 2, false), (reservation.OutputTokens, reservation.Bound.Choices, reservation.Lowered));
    }

    [Theory]
    [InlineData(nameof(LimitUnit.Requests), 1)]
    [InlineData(nameof(LimitUnit.Tokens), 40)]
    [InlineData(nameof(LimitUnit.MicroUsd), 70)]
    public void Settle_BooksWhatWasUsed_Once(string unit, long spent)
    {
        var account = Account(new Limit(Enum.Parse<LimitUnit>(unit), LimitWindow.Month, 1_000_000));
        var reservation = account.Reserve(new CallBound(100, 300, 1, 50, 3));
        reservation.Settle(tokens: 40, microUsd: 70);
        reservation.Settle(tokens: 999, microUsd: 999);
        Assert.Equal(1_000_000 - spent, reservation.Tightest(Enum.Parse<LimitUnit>(unit))?.Remaining);
    }

    [Theory]
    [InlineData(1000, 800, true)]
    [InlineData(1100, 900, true)]
    [InlineData(1200, 1000, false)]
    [InlineData(456, 256, true)]
    public void Reserve_LessThanAskedForIsLeft_LowersTheOutput(long amount, long output, bool lowered)
    {
        var reservation = Account(Tokens(amount)).Reserve(new CallBound(200, 1000, 1, 0, 0));
        Assert.Equal((output, lowered), (reservation.OutputTokens, reservation.Lowered));
    }

    [Fact]
    public void Reserve_SeveralChoices_ShareWhatIsLeft() => Assert.Equal(300, Account(Tokens(1000)).Reserve(new CallBound(100, 1000, 3, 0, 0)).OutputTokens);

    [Theory]
    [InlineData(455, 1000, false)]
    [InlineData(456, 1000, true)]
    [InlineData(210, 10, true)]
    [InlineData(209, 10, false)]
    [InlineData(199, 1, false)]
    [InlineData(0, 1, false)]
    public void Reserve_LessThanTheFloor_IsRefused(long amount, long asked, bool fits)
    {
        var account = Account(Tokens(amount));
        var bound = new CallBound(200, asked, 1, 0, 0);
        if (fits)
        {
            account.Reserve(bound);
        }
        else
        {
            Assert.Throws<BudgetRefusedException>(() => account.Reserve(bound));
            Assert.Equal(amount, account.Remaining(LimitUnit.Tokens));
        }
    }

    [Fact]
    public void Reserve_Money_IsRoundedUpAndStillFits()
    {
        var account = Account(new Limit(LimitUnit.MicroUsd, LimitWindow.Day, 1000));
        var reservation = account.Reserve(new CallBound(10, 100_000, 1, 0.3m, 0.7m));
        Assert.Equal(1428, reservation.OutputTokens);
        Assert.InRange(account.Remaining(LimitUnit.MicroUsd)!.Value, 0, 1);
    }

    [Fact]
    public void Reserve_WithoutAPrice_MoneyDoesNotBind()
    {
        var reservation = Account(new Limit(LimitUnit.MicroUsd, LimitWindow.Day, 0)).Reserve(new CallBound(10, 1000, 1, 0, 0));
        Assert.Equal(1000, reservation.OutputTokens);
    }

    [Fact]
    public void Reserve_HugeBudgetAndTinyPrice_DoesNotOverflow() =>
        Assert.Equal(4096, Account(new Limit(LimitUnit.MicroUsd, LimitWindow.Total, long.MaxValue / 1024)).Reserve(new CallBound(10, 4096, 1, 0, 0.000001m)).OutputTokens);

    [Fact]
    public void Reserve_SeveralLimits_TheTightestBindsAndARefusalHoldsNothing()
    {
        var account = Account(Tokens(10_000), Tokens(1_000) with { Window = LimitWindow.Minute }, new Limit(LimitUnit.Requests, LimitWindow.Hour, 1));
        Assert.Equal(900, account.Reserve(new CallBound(100, 5_000, 1, 0, 0)).OutputTokens);
        Assert.Equal(0, account.Remaining(LimitUnit.Tokens));
        time.Advance(TimeSpan.FromMinutes(1));
        var refused = Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(1, 10, 1, 0, 0)));
        Assert.Equal(LimitUnit.Requests, refused.Standing.Limit.Unit);
        Assert.Equal(1_000, account.Remaining(LimitUnit.Tokens));
    }

    [Theory]
    [InlineData(nameof(LimitWindow.Minute), "2026-11-23T10:31:00Z", "rate_limit_exceeded")]
    [InlineData(nameof(LimitWindow.Hour), "2026-11-23T11:00:00Z", "budget_exceeded")]
    [InlineData(nameof(LimitWindow.Day), "2026-11-24T00:00:00Z", "budget_exceeded")]
    [InlineData(nameof(LimitWindow.Month), "2026-12-01T00:00:00Z", "budget_exceeded")]
    [InlineData(nameof(LimitWindow.Total), null, "budget_exceeded")]
    public void E_GatewaysOwnBudget_SaysLimitAndResetTime(string window, string? resets, string code)
    {
        var account = Account(new Limit(LimitUnit.Requests, Enum.Parse<LimitWindow>(window), 1));
        account.Reserve(default).Settle(0, 0);
        var refused = Assert.Throws<BudgetRefusedException>(() => account.Reserve(default));
        var at = resets is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(resets, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((at, at - Some.Now, code), (refused.Standing.ResetsAt, refused.RetryAfter, refused.Code));

        var error = BudgetErrors.For(refused);
        Assert.Equal((429, "rate_limit_error", code, at - Some.Now), (error.Status, error.Type, error.Code, error.RetryAfter));
        Assert.Equal($"The limit of 1 requests per {window.ToLowerInvariant()} is reached. {(resets is null ? "It does not reset." : $"It resets at {resets}.")}", error.Message);
    }

    [Fact]
    public void E_GatewaysOwnBudget_OnlyCallsUnderWayInTheWay_SaysSoon()
    {
        var account = Account(Tokens(1000));
        var held = account.Reserve(new CallBound(100, 900, 1, 0, 0));
        var refused = Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(100, 300, 1, 0, 0)));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        held.Settle(900, 0);
        Assert.True(Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(100, 300, 1, 0, 0))).RetryAfter > TimeSpan.FromDays(1));
    }

    [Theory]
    [InlineData(nameof(LimitWindow.Minute), 44, 46)]
    [InlineData(nameof(LimitWindow.Hour), 1784, 1786)]
    [InlineData(nameof(LimitWindow.Day), 48_584, 48_586)]
    [InlineData(nameof(LimitWindow.Month), 653_384, 653_386)]
    public void Reserve_NextWindow_StartsAnew(string window, int before, int after)
    {
        var account = Account(new Limit(LimitUnit.Requests, Enum.Parse<LimitWindow>(window), 1));
        account.Reserve(default);
        time.Advance(TimeSpan.FromSeconds(before));
        Assert.Throws<BudgetRefusedException>(() => account.Reserve(default));
        time.Advance(TimeSpan.FromSeconds(after - before));
        account.Reserve(default);
    }

    [Fact]
    public void Reserve_Total_NeverStartsAnew()
    {
        var account = Account(new Limit(LimitUnit.Requests, LimitWindow.Total, 1));
        account.Reserve(default);
        time.Advance(TimeSpan.FromDays(40));
        Assert.Throws<BudgetRefusedException>(() => account.Reserve(default));
    }

    [Fact]
    public void Settle_AfterItsWindow_DoesNotTouchTheNext()
    {
        var account = Account(Tokens(1000) with { Window = LimitWindow.Minute });
        var old = account.Reserve(new CallBound(100, 500, 1, 0, 0));
        time.Advance(TimeSpan.FromMinutes(1));
        account.Reserve(new CallBound(100, 300, 1, 0, 0));
        old.Settle(50, 0);
        Assert.Equal(600, account.Remaining(LimitUnit.Tokens));
    }

    [Fact]
    public void Remaining_WithoutSuchALimit_IsNull()
    {
        Assert.Null(Account(Tokens(5)).Remaining(LimitUnit.MicroUsd));
        var free = Account();
        free.Reserve(new CallBound(1_000_000, 1_000_000, 128, 1, 1)).Settle(1, 1);
        Assert.Null(free.Remaining(LimitUnit.Tokens));
    }

    [Fact]
    public async Task Reserve_ThirtyTwoThreads_NeverGetMoreThanThereIs()
    {
        const long Amount = 20_000_000;
        var account = Account(Tokens(Amount), new Limit(LimitUnit.MicroUsd, LimitWindow.Month, Amount), new Limit(LimitUnit.Requests, LimitWindow.Month, 30_000));
        long spentTokens = 0, spentMoney = 0, granted = 0, refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(seed => Task.Factory.StartNew(() => Run(new Random(seed)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.InRange(spentTokens, 1, Amount);
        Assert.InRange(spentMoney, 1, Amount);
        Assert.InRange(granted, 1, 30_000);
        Assert.Equal(32_000, granted + refused);
        Assert.True(refused > 0);
        Assert.Equal(Amount - spentTokens, account.Remaining(LimitUnit.Tokens));
        Assert.Equal(Amount - spentMoney, account.Remaining(LimitUnit.MicroUsd));
        Assert.Equal(30_000 - granted, account.Remaining(LimitUnit.Requests));

        void Run(Random random)
        {
            var open = new Queue<Reservation>();
            for (var i = 0; i < 1000; i++)
            {
                try
                {
                    open.Enqueue(account.Reserve(new CallBound(random.Next(2000), random.Next(1, 2000), random.Next(1, 4), random.Next(2000), random.Next(1, 4) / 2m)));
                    Interlocked.Increment(ref granted);
                }
                catch (BudgetRefusedException)
                {
                    Interlocked.Increment(ref refused);
                }
                if (open.Count > random.Next(8))
                {
                    Settle(open.Dequeue(), random);
                }
            }
            while (open.TryDequeue(out var left))
            {
                Settle(left, random);
            }
        }

        void Settle(Reservation reservation, Random random)
        {
            var tokens = random.NextInt64(reservation.Bound.AmountOf(LimitUnit.Tokens) + 1);
            var money = random.NextInt64(reservation.Bound.AmountOf(LimitUnit.MicroUsd) + 1);
            reservation.Settle(tokens, money);
            Interlocked.Add(ref spentTokens, tokens);
            Interlocked.Add(ref spentMoney, money);
        }
    }

    [Fact]
    public void Adopt_OtherAmount_KeepsWhatIsSpentAndReserved()
    {
        var account = Account(Tokens(1000));
        account.Reserve(new CallBound(100, 300, 1, 0, 0)).Settle(tokens: 250, microUsd: 0);
        var open = account.Reserve(new CallBound(100, 300, 1, 0, 0));

        account.Adopt([Tokens(2000)]);
        Assert.Equal(2000 - 250 - 400, account.Remaining(LimitUnit.Tokens));

        open.Settle(tokens: 50, microUsd: 0);
        Assert.Equal(2000 - 300, account.Remaining(LimitUnit.Tokens));

        account.Adopt([Tokens(200)]);
        Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(1, 1, 1, 0, 0)));
    }

    [Fact]
    public void Adopt_AnotherLimit_HoldsFromThenOn()
    {
        var account = Account(Tokens(1000));
        var before = account.Reserve(new CallBound(100, 300, 1, 0, 0));

        account.Adopt([Tokens(1000), new Limit(LimitUnit.Requests, LimitWindow.Day, 1)]);
        before.Settle(tokens: 400, microUsd: 0);
        account.Reserve(new CallBound(1, 1, 1, 0, 0));

        Assert.Equal(LimitUnit.Requests, Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(1, 1, 1, 0, 0))).Standing.Limit.Unit);
        Assert.Equal(600 - 2, account.Remaining(LimitUnit.Tokens));
    }

    [Fact]
    public void Adopt_OneLimitLess_IsUnlimited_AndRemembersWhenItIsBack()
    {
        var account = Account(Tokens(1000));
        account.Reserve(new CallBound(100, 900, 1, 0, 0)).Settle(tokens: 1000, microUsd: 0);

        account.Adopt([]);
        Assert.Null(account.Remaining(LimitUnit.Tokens));
        Assert.False(account.Reserve(new CallBound(100, 100_000, 2, 0, 0)).Lowered);

        account.Adopt([Tokens(1000)]);
        Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(1, 1, 1, 0, 0)));
    }

    [Fact]
    public void Reserve_AfterNobodyCalledForLong_RemembersWhatWasSpent()
    {
        var account = Account(Tokens(1000));
        for (var spent = 0; spent < 1000; spent += 100)
        {
            Assert.Equal(1000 - spent, account.Remaining(LimitUnit.Tokens));
            account.Reserve(new CallBound(50, 50, 1, 0, 0)).Settle(100, 0);
            time.Advance(TimeSpan.FromMinutes(10));
        }
        Assert.Throws<BudgetRefusedException>(() => account.Reserve(new CallBound(1, 1, 1, 0, 0)));
    }

    [Fact]
    public async Task Authority_OfOneInstance_ForgetsWhomItNeedNotRemember()
    {
        using var authority = new InProcessBudgets(time);
        await using var book = new LeaseBook(authority, time);
        for (var user = 0; user < 100; user++)
        {
            var scope = BudgetScope.Of(LimitScope.User, $"user:t|{user}", [new Limit(LimitUnit.Requests, LimitWindow.Minute, 5) { Scope = LimitScope.User }], 0, TimeZoneInfo.Utc)!;
            (await book.ReserveAsync([scope], new CallBound(1, 1, 1, 0, 0), CancellationToken.None)).Settle(1, 0);
        }
        Assert.Equal(100, authority.Count);
        time.Advance(ScopeBook.Idle * 2);
        await book.TellDueAsync();
        await book.TellDueAsync();
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, authority.Count);
    }

    private static Limit Tokens(long amount) => new(LimitUnit.Tokens, LimitWindow.Month, amount);

    private BudgetAccount Account(params Limit[] limits) => new(limits, time);
}
