using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Budgets.Alerts;
using Tollgate.Budgets.Entities;
using Tollgate.Fleet;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

/// <summary>Instances that share one tenant's budgets: entities that run in this process, and leases that wait in Azurite.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string Scope = "tenant:t";

    private readonly FakeTimeProvider hand = new(Some.Now);
    private readonly List<LeaseBook> books = [];
    private readonly EntityBudgets authority;

    public Fleet(AzuriteServer azurite, IReadOnlyList<Limit> limits, int? seed = null)
    {
        Time = new StandingClock(hand);
        var environment = new Dictionary<string, string?> { ["TOLLGATE_TABLES"] = azurite.NewAccount() };
        Slots = new LeaseSlots(TableAccount.Find(name => environment.GetValueOrDefault(name), new Lazy<Azure.Core.TokenCredential>(() => throw new InvalidOperationException()))!, TimeProvider.System, NullLogger<LeaseSlots>.Instance);
        Entities = new EntityRuntime(Actor, hand, seed);
        authority = new EntityBudgets(Entities, Slots, Time, NullLogger<EntityBudgets>.Instance);
        Limits(limits, 0);
    }

    public TimeProvider Time { get; }

    public EntityRuntime Entities { get; }

    public LeaseSlots Slots { get; }

    public LeaseRows Ledger { get; } = new();

    /// <summary>Says which thresholds were reached.</summary>
    public FakeLogger<BudgetAlerts> Log { get; } = new();

    public IReadOnlyList<BudgetScope> Scopes { get; private set; } = [];

    public BudgetScope Terms => Scopes[0];

    /// <summary>What does an entity's part.</summary>
    public BudgetActor Actor() => new(Slots, Ledger, new BudgetAlerts(null, hand, Log), hand, NullLogger<BudgetActor>.Instance);

    /// <summary>What the authority knows.</summary>
    public async Task<BudgetState> StateAsync()
    {
        await Entities.SettleAsync();
        return (await Entities.ReadAsync(Scope, CancellationToken.None))!;
    }

    /// <summary>What of a limit's present window is spent, or granted to somebody, waiting leases included.</summary>
    public async Task<long> UsedAsync(Limit limit) =>
        (await StateAsync()).Used(new LimitKey(limit.Unit, limit.Window), limit.Window.At(Time.GetUtcNow(), TimeZoneInfo.Utc));

    /// <summary>One more instance.</summary>
    public LeaseBook Add()
    {
        var book = new LeaseBook(authority, Time);
        books.Add(book);
        return book;
    }

    /// <summary>From now on the tenant has these limits; instances learn of it with their next call.</summary>
    public void Limits(IReadOnlyList<Limit> limits, long version) => Scopes = [BudgetScope.Of(LimitScope.Tenant, Scope, limits, version, TimeZoneInfo.Utc)!];

    /// <summary>A call with 10 tokens of prompt and so much output.</summary>
    public ValueTask<Reservation> CallAsync(LeaseBook book, long output = 90) => book.ReserveAsync(Scopes, new CallBound(10, output, 1, 0, 0), CancellationToken.None);

    /// <summary>Time passes, in steps that a lease in use survives; every instance but the dead tells what is due.</summary>
    public async Task PassAsync(TimeSpan time, params LeaseBook[] dead)
    {
        for (var step = TimeSpan.FromSeconds(5); time > TimeSpan.Zero; time -= step)
        {
            hand.Advance(time < step ? time : step);
            foreach (var book in books.Except(dead))
            {
                await book.TellDueAsync();
            }
            await Entities.SettleAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var book in books)
        {
            await book.DisposeAsync();
        }
        await Entities.DisposeAsync();
    }
}
