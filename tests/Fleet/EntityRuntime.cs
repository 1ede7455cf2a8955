using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;

namespace Tollgate.Fleet;

/// <summary>
/// Runs budget entities as a Functions host does: one operation of an entity at a time, its state stored as text afterwards; what it tells itself is
/// sent once that is done. An operation may be run again after its state was not stored, and a message come twice.
/// </summary>
/// <param name="actor">What entities do.</param>
/// <param name="time">The clock of reminders.</param>
/// <param name="seed">Null: nothing goes wrong. Else which of the messages come twice, and which operations are run again.</param>
internal sealed class EntityRuntime(Func<BudgetActor> actor, TimeProvider time, int? seed = null) : IBudgetEntities, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Entity> entities = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Random? trouble = seed is { } number ? new Random(number) : null;
    private long operations;
    private long reads;

    /// <summary>How often an entity was run.</summary>
    public long Operations => Interlocked.Read(ref operations);

    /// <summary>How often a state was read.</summary>
    public long Reads => Interlocked.Read(ref reads);

    /// <summary>Nobody is answered while this is set.</summary>
    public bool IsDown { get; set; }

    public Task SendAsync(string key, BudgetTold told, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        var text = JsonSerializer.Serialize(told);
        for (var times = Strikes(8) ? 2 : 1; times > 0; times--)
        {
            Find(key).Enqueue((state, actor) => actor.TellAsync(state, JsonSerializer.Deserialize<BudgetTold>(text)!));
        }
        return Task.CompletedTask;
    }

    public Task<BudgetState?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        Interlocked.Increment(ref reads);
        return Task.FromResult(entities.TryGetValue(key, out var entity) ? entity.Stored : null);
    }

    /// <summary>Waits until every entity has done all that it was told so far.</summary>
    public async Task SettleAsync()
    {
        foreach (var entity in entities.Values)
        {
            await entity.SettleAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var entity in entities.Values)
        {
            await entity.DisposeAsync();
        }
    }

    private Entity Find(string key) => entities.GetOrAdd(key, _ => new Entity(this));

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new IOException("The entities are out of reach.");
        }
    }

    private bool Strikes(int oneIn)
    {
        lock (gate)
        {
            return trouble?.Next(oneIn) == 0;
        }
    }

    private sealed class Entity : IAsyncDisposable
    {
        private readonly Channel<Func<BudgetState, BudgetActor, Task<IReadOnlyList<BudgetReminder>>>> inbox = Channel.CreateUnbounded<Func<BudgetState, BudgetActor, Task<IReadOnlyList<BudgetReminder>>>>();
        private readonly ConcurrentBag<ITimer> timers = [];
        private readonly EntityRuntime runtime;
        private readonly Task running;
        private volatile string? stored;

        public Entity(EntityRuntime runtime)
        {
            this.runtime = runtime;
            running = Task.Run(RunAsync);
        }

        public BudgetState? Stored => stored is { } text ? JsonSerializer.Deserialize<BudgetState>(text) : null;

        public void Enqueue(Func<BudgetState, BudgetActor, Task<IReadOnlyList<BudgetReminder>>> operation) => inbox.Writer.TryWrite(operation);

        public Task SettleAsync()
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Decrement(ref runtime.operations);
            Enqueue((_, _) =>
            {
                done.TrySetResult();
                return Task.FromResult<IReadOnlyList<BudgetReminder>>([]);
            });
            return done.Task;
        }

        public async ValueTask DisposeAsync()
        {
            inbox.Writer.TryComplete();
            await running;
            foreach (var timer in timers)
            {
                await timer.DisposeAsync();
            }
        }

        private async Task RunAsync()
        {
            await foreach (var operation in inbox.Reader.ReadAllAsync())
            {
                Interlocked.Increment(ref runtime.operations);
                if (runtime.Strikes(8))
                {
                    // Its machine fails before the state is stored.
                    await operation(Stored ?? new BudgetState(), runtime.ActorOf());
                }
                var state = Stored ?? new BudgetState();
                var reminders = await operation(state, runtime.ActorOf());
                stored = JsonSerializer.Serialize(state);
                foreach (var reminder in reminders)
                {
                    Remind(reminder);
                }
            }
        }

        private void Remind(BudgetReminder reminder)
        {
            void Tend() => Enqueue((state, actor) => actor.TendAsync(state, reminder.Stored));
            if (reminder.At is not { } at)
            {
                Tend();
                return;
            }
            var wait = at - runtime.Now;
            timers.Add(runtime.Later(Tend, wait > TimeSpan.Zero ? wait : TimeSpan.Zero));
        }
    }

    private BudgetActor ActorOf() => actor();

    private DateTimeOffset Now => time.GetUtcNow();

    private ITimer Later(Action action, TimeSpan wait) => time.CreateTimer(_ => action(), null, wait, Timeout.InfiniteTimeSpan);
}
