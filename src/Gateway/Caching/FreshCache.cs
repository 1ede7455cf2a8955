using System.Collections.Concurrent;

namespace Tollgate.Caching;

/// <summary>
/// Values from a slow place that may fail. A value is given at once while it is young, renewed behind the caller's back when it ages,
/// waited for when it is old, and kept through an outage. One read for a key at a time. The library caches of this kind read the
/// system's clock; this one takes a <see cref="TimeProvider"/>, so that its rules can be tested without waiting.
/// </summary>
/// <param name="read">Reads a value and says how long it is good. Its exceptions are an outage; what does not exist is a value of its own.</param>
/// <param name="capacity">Most values kept; those that may be kept least long go first, so that a flood of unknown keys drives out itself.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshCache<TKey, TValue>(Func<TKey, Task<Read<TValue>>> read, int capacity, TimeProvider time)
    where TKey : notnull
{
    /// <summary>How long an old value's reader waits for a new one before it takes the old.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>After a failed read nobody asks for so long.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<TKey, Slot> slots = new();
    private int evicting;

    /// <summary>The value, read if there is none that may be used.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="cancellationToken">Ends the wait; a read that has begun goes on for the others.</param>
    /// <exception cref="Exception">What the read threw, when no value is kept.</exception>
    public ValueTask<TValue> GetAsync(TKey key, CancellationToken cancellationToken)
    {
        if (!slots.TryGetValue(key, out var slot))
        {
            slot = slots.GetOrAdd(key, new Slot { BegunAt = time.GetTimestamp() });
            Trim();
        }
        if (slot.Kept is not { } kept || Age(kept) is var age && age >= kept.Terms.Keep)
        {
            return new ValueTask<TValue>(Reading(key, slot).WaitAsync(cancellationToken));
        }
        if (age < kept.Terms.Fresh)
        {
            return new ValueTask<TValue>(kept.Value);
        }
        var reading = Reading(key, slot);
        return age < kept.Terms.Stale || reading.IsFaulted
            ? new ValueTask<TValue>(kept.Value)
            : WaitBrieflyAsync(reading, kept, cancellationToken);
    }

    /// <summary>Reads again what is in doubt, unless that was done less than <paramref name="atMostEvery"/> ago. An outage leaves the old value.</summary>
    public async ValueTask<TValue> RereadAsync(TKey key, TimeSpan atMostEvery, CancellationToken cancellationToken)
    {
        var slot = slots.GetOrAdd(key, _ => new Slot());
        if (slot.Kept is not { } kept)
        {
            return await GetAsync(key, cancellationToken);
        }
        return Age(kept) < atMostEvery ? kept.Value : await WaitBrieflyAsync(Reading(key, slot), kept, cancellationToken);
    }

    private TimeSpan Age(Kept kept) => time.GetElapsedTime(kept.ReadAt);

    private async ValueTask<TValue> WaitBrieflyAsync(Task<TValue> reading, Kept old, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return old.Value;
        }
    }

    /// <summary>The read under way, the one that failed a moment ago, or a new one.</summary>
    private Task<TValue> Reading(TKey key, Slot slot)
    {
        lock (slot)
        {
            if (slot.Reading is { } last && (!last.IsCompleted || (last.IsFaulted && time.GetElapsedTime(slot.BegunAt) < Pause)))
            {
                return last;
            }
            slot.BegunAt = time.GetTimestamp();
            slot.Reading = Task.Run(() => ReadAsync(key, slot));
            return slot.Reading;
        }
    }

    private async Task<TValue> ReadAsync(TKey key, Slot slot)
    {
        var result = await read(key);
        slot.Kept = new Kept(result.Value, result.Terms, time.GetTimestamp());
        return result.Value;
    }

    /// <summary>Makes room for a tenth, so that a flood of unknown keys costs little each.</summary>
    private void Trim()
    {
        if (slots.Count <= capacity || Interlocked.Exchange(ref evicting, 1) == 1)
        {
            return;
        }
        foreach (var (key, _) in slots.OrderBy(slot => LeftOf(slot.Value)).Take(capacity / 10 + 1).ToList())
        {
            slots.TryRemove(key, out _);
        }
        Volatile.Write(ref evicting, 0);
    }

    /// <summary>How long a slot is of use. One without a value, read now or in vain, is so until its pause ends.</summary>
    private TimeSpan LeftOf(Slot slot) => slot.Kept is { } kept ? kept.Terms.Keep - Age(kept) : Pause - time.GetElapsedTime(slot.BegunAt);

    private sealed class Slot
    {
        private volatile Kept? kept;

        public Kept? Kept
        {
            get => kept;
            set => kept = value;
        }

        public Task<TValue>? Reading { get; set; }

        public long BegunAt { get; set; }
    }

    private sealed record Kept(TValue Value, Terms Terms, long ReadAt);
}

/// <summary>A value as read, and how long it is good.</summary>
internal readonly record struct Read<TValue>(TValue Value, Terms Terms);

/// <summary>Ages at which a value changes its standing. They ascend.</summary>
/// <param name="Fresh">Until then it is given as it is; afterwards a new one is fetched meanwhile.</param>
/// <param name="Stale">From then on a new one is waited for, briefly.</param>
/// <param name="Keep">From then on it is not given at all, whatever happened to its source.</param>
internal readonly record struct Terms(TimeSpan Fresh, TimeSpan Stale, TimeSpan Keep);
