using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Tollgate.Ledger;

namespace Tollgate.Functions;

/// <summary>The function that keeps the usage ledger in order, every 15 minutes, on whichever instance the host chooses.</summary>
public sealed class LedgerFunction(IServiceProvider services)
{
    /// <summary>One run of the keeper.</summary>
    [Function("Ledger")]
    public Task Keep([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => services.GetRequiredService<LedgerKeeper>().RunAsync(cancellationToken);
}
