using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tollgate.Routing;
using Tollgate.Tables;

namespace Tollgate.Health;

/// <summary>
/// Tells other instances, through table <see cref="Table"/>, which breakers are open here, and takes their word as advice: a target that they
/// keep from is asked after all others. In the background alone: no call waits for it, and without the table every instance finds out by itself.
/// </summary>
/// <remarks>One row for each instance that has something to tell: PartitionKey <see cref="Partition"/>, RowKey the instance's id.</remarks>
internal sealed partial class SharedHealth(TableAccount account, Topology topology, TimeProvider time, ILogger<SharedHealth> logger) : BackgroundService
{
    public const string Table = "Health";

    public const string Partition = "breakers";

    /// <summary>Between two looks at the table.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>What an instance said longer ago says nothing: it may have ended.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    private readonly string instance = Guid.NewGuid().ToString("N");
    private bool isTold;
    private bool isOut;

    /// <summary>Tells and hears once.</summary>
    public async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync(cancellationToken);
            await HearAsync(cancellationToken);
            isOut = false;
        }
        catch (Exception failed) when (failed is RequestFailedException or TableUnavailableException or AggregateException or IOException && !cancellationToken.IsCancellationRequested)
        {
            if (!isOut)
            {
                LogOutage(logger, account.Problem(failed, $"use table '{Table}'"));
            }
            isOut = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ExchangeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <summary>A row while there is something to tell, and none otherwise.</summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var open = topology.Deployments.Where(deployment => deployment.Health.Breaker.OpenUntil is not null).Select(deployment => deployment.Name).ToArray();
        if (open.Length > 0)
        {
            // A healthy instance's next look is at most two intervals away.
            var row = new TableEntity(Partition, instance) { ["Open"] = string.Join('\n', open), ["At"] = time.GetUtcNow() };
            await account.MakeIfMissingAsync(Table, rows => rows.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken), cancellationToken);
            isTold = true;
        }
        else if (isTold)
        {
            await account.Table(Table).DeleteEntityAsync(Partition, instance, ETag.All, cancellationToken);
            isTold = false;
        }
    }

    private async Task HearAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await account.MakeIfMissingAsync(Table, rows => ReadAsync(rows, cancellationToken), cancellationToken);
        var advised = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.RowKey == instance || row.GetDateTimeOffset("At") is not { } at || row.GetString("Open") is not { } open)
            {
                continue;
            }
            // Clocks differ: what is from the future is from now.
            var until = (at < now ? at : now) + Stale;
            if (until <= now)
            {
                await RemoveAsync(row, now - at, cancellationToken);
                continue;
            }
            foreach (var name in open.Split('\n'))
            {
                advised[name] = advised.TryGetValue(name, out var other) && other > until ? other : until;
            }
        }
        foreach (var deployment in topology.Deployments)
        {
            deployment.Health.Advise(advised.GetValueOrDefault(deployment.Name));
        }
    }

    /// <summary>An instance that has ended removes nothing.</summary>
    private async Task RemoveAsync(TableEntity row, TimeSpan age, CancellationToken cancellationToken)
    {
        if (age > TimeSpan.FromHours(1))
        {
            await account.Table(Table).DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private static async Task<List<TableEntity>> ReadAsync(TableClient rows, CancellationToken cancellationToken)
    {
        var read = new List<TableEntity>();
        await foreach (var row in rows.QueryAsync<TableEntity>(row => row.PartitionKey == Partition, cancellationToken: cancellationToken))
        {
            read.Add(row);
        }
        return read;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What other instances say of deployments' health cannot be exchanged; each goes by what it sees itself. {Problem}")]
    private static partial void LogOutage(ILogger logger, string problem);
}
