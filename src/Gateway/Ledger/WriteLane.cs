namespace Tollgate.Ledger;

/// <summary>The rows of one partition that wait to be written. Used under the gate of its <see cref="WriteBehind"/>.</summary>
internal sealed class WriteLane(string partition)
{
    private readonly Queue<PendingRow> again = new();
    private readonly Queue<PendingRow> openings = new();
    private readonly Queue<PendingRow> settlements = new();

    public string Partition => partition;

    /// <summary>Writes under way.</summary>
    public int Writes { get; set; }

    /// <summary>Writes that failed since the last that did not.</summary>
    public int Failures { get; set; }

    /// <summary>It pauses after a failure.</summary>
    public bool IsResting { get; set; }

    /// <summary>Its turn will come.</summary>
    public bool IsQueued { get; set; }

    public bool IsEmpty => again.Count == 0 && openings.Count == 0 && settlements.Count == 0;

    public void Add(PendingRow row) => (row.Settled is null ? openings : settlements).Enqueue(row);

    /// <summary>A row whose write failed goes first.</summary>
    public void AddAgain(PendingRow row) => again.Enqueue(row);

    /// <summary>
    /// The next rows to write: what failed before, then openings, because a caller waits for each. A quarter is left for settlements, so
    /// that they get written however many calls come.
    /// </summary>
    public List<PendingRow> Take(int most)
    {
        var taken = new List<PendingRow>(Math.Min(most, again.Count + openings.Count + settlements.Count));
        Move(again, taken, most);
        Move(openings, taken, most - Math.Min(settlements.Count, most / 4));
        Move(settlements, taken, most);
        Move(openings, taken, most);
        return taken;
    }

    /// <summary>Forgets dropped rows. They waited longest, so that they are in front.</summary>
    public void Trim()
    {
        while (openings.TryPeek(out var first) && first.IsDropped)
        {
            openings.Dequeue();
        }
    }

    private static void Move(Queue<PendingRow> from, List<PendingRow> to, int most)
    {
        while (to.Count < most && from.TryDequeue(out var row))
        {
            if (!row.IsDropped)
            {
                to.Add(row);
            }
        }
    }
}
