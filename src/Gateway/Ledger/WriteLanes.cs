using System.Diagnostics.CodeAnalysis;

namespace Tollgate.Ledger;

/// <summary>
/// Gives partitions their turn: each in the order in which it got something to write, none while it rests after a failure. Used under
/// the gate that it is given.
/// </summary>
/// <param name="writer">Says how much a partition may write.</param>
/// <param name="time">The clock of the rests.</param>
/// <param name="gate">Guards all of it.</param>
/// <param name="ready">Told, under the gate, that a partition waits for its turn.</param>
internal sealed class WriteLanes(IUsageWriter writer, TimeProvider time, Lock gate, Action ready)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(50);

    /// <summary>Short against <see cref="WriteBehind.Patience"/>: calls that wait when an outage ends are still made.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, WriteLane> lanes = new(StringComparer.Ordinal);
    private readonly Queue<WriteLane> turns = new();

    public void Add(PendingRow row)
    {
        var partition = writer.PartitionOf(row.Call);
        if (!lanes.TryGetValue(partition, out var lane))
        {
            lanes.Add(partition, lane = new WriteLane(partition));
        }
        lane.Add(row);
        Offer(lane);
    }

    /// <summary>A row was dropped: what is dropped in its partition need not wait for the next write to be forgotten.</summary>
    public void Trim(PendingRow dropped)
    {
        if (lanes.TryGetValue(writer.PartitionOf(dropped.Call), out var lane))
        {
            lane.Trim();
            RemoveIfIdle(lane);
        }
    }

    /// <summary>Takes the next rows to write, of the partition whose turn it is.</summary>
    public bool TryTake([NotNullWhen(true)] out WriteLane? lane, out List<PendingRow> batch)
    {
        while (turns.TryDequeue(out lane))
        {
            lane.IsQueued = false;
            batch = lane.Take(writer.BatchRows);
            if (batch.Count > 0)
            {
                lane.Writes++;
                Offer(lane);
                return true;
            }
            RemoveIfIdle(lane);
        }
        batch = [];
        return false;
    }

    /// <summary>A write of the partition is done.</summary>
    public void Succeeded(WriteLane lane)
    {
        lane.Writes--;
        lane.Failures = 0;
        Offer(lane);
        RemoveIfIdle(lane);
    }

    /// <summary>A write of the partition failed: it pauses, longer each time, by chance up to a half less so that instances do not come back all at once.</summary>
    public void Rest(WriteLane lane, CancellationToken stopping)
    {
        lane.Writes--;
        var most = Math.Min(FirstRest.TotalMilliseconds * Math.Pow(2, Math.Min(lane.Failures++, 10)), LongestRest.TotalMilliseconds);
        if (!lane.IsResting)
        {
            lane.IsResting = true;
            _ = RestAsync(lane, TimeSpan.FromMilliseconds(most * (1 - (Random.Shared.NextDouble() / 2))), stopping);
        }
    }

    private async Task RestAsync(WriteLane lane, TimeSpan rest, CancellationToken stopping)
    {
        await Task.Delay(rest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            lane.IsResting = false;
            Offer(lane);
            RemoveIfIdle(lane);
        }
    }

    private void Offer(WriteLane lane)
    {
        if (!lane.IsQueued && !lane.IsResting && !lane.IsEmpty && lane.Writes < writer.ParallelOfPartition)
        {
            lane.IsQueued = true;
            turns.Enqueue(lane);
            ready();
        }
    }

    private void RemoveIfIdle(WriteLane lane)
    {
        if (lane.IsEmpty && lane.Writes == 0 && !lane.IsQueued && !lane.IsResting)
        {
            lanes.Remove(lane.Partition);
        }
    }
}
