using Microsoft.Extensions.Hosting;

namespace Tollgate.Ledger;

/// <summary>Runs the keeper when the host starts and every hour, for a host that has no timers of its own.</summary>
internal sealed class LedgerTimer(LedgerKeeper keeper, TimeProvider time) : BackgroundService, IAsyncDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>A run under way ends before the ledger does.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (ExecuteTask is { } running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The file's statements run where they are called, and the host waits for the first of them otherwise.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await keeper.RunAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
