namespace Tollgate.Ledger;

/// <summary>Where rows are written to.</summary>
internal interface IUsageWriter
{
    /// <summary>Most rows of one write.</summary>
    int BatchRows { get; }

    /// <summary>Most writes at a time.</summary>
    int Parallel { get; }

    /// <summary>Most writes at a time of one partition.</summary>
    int ParallelOfPartition { get; }

    /// <summary>How long rows wait for others to be written with, unless somebody waits for them.</summary>
    TimeSpan Linger { get; }

    /// <summary>Rows of the same partition are written together.</summary>
    string PartitionOf(OpenedCall call);

    /// <summary>
    /// Writes rows of one partition, each of another call. A row that is there already stays as it is when it would only be opened,
    /// and is replaced when it is settled.
    /// </summary>
    /// <returns>Positions of the rows that the store refuses, however often they are tried; all others are safe.</returns>
    /// <exception cref="Exception">Some or all are not written, of whatever type: <see cref="Explain"/> says why. All are to be tried again.</exception>
    Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<UsageWrite> rows, CancellationToken cancellationToken);

    /// <summary>One sentence for the operator, without any secret.</summary>
    string Explain(Exception failed);
}

/// <summary>A row to write.</summary>
/// <param name="Call">The call.</param>
/// <param name="Settled">How it ended; null when it is only opened.</param>
internal readonly record struct UsageWrite(OpenedCall Call, SettledCall? Settled);
