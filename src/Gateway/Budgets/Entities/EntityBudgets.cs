using Microsoft.Extensions.Logging;

namespace Tollgate.Budgets.Entities;

/// <summary>
/// The authority of instances that share budgets: an entity for each scope. It can be told, and its state be read, but not be asked: an answer is
/// there when the state knows the message.
/// </summary>
internal sealed partial class EntityBudgets(IBudgetEntities entities, LeaseSlots slots, TimeProvider time, ILogger<EntityBudgets> logger) : IBudgetAuthority
{
    /// <summary>Longest wait for an answer: an entity whose machine has yet to be started takes seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly (TimeSpan First, TimeSpan Longest) Awaited = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(250));

    private static readonly (TimeSpan First, TimeSpan Longest) Unhurried = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));

    public bool IsShared => true;

    public async ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, bool isAwaited, CancellationToken cancellationToken)
    {
        var key = ScopeKey.Of(scope);
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await entities.SendAsync(key, new BudgetTold(scope, report), either.Token);
            if (report.Ends)
            {
                // A message that was taken arrives, and this one asks for nothing.
                return LeaseView.Ended;
            }
            var (pause, longest) = isAwaited ? Awaited : Unhurried;
            while (true)
            {
                await Task.Delay(pause, time, either.Token);
                if (await entities.ReadAsync(key, either.Token) is { } state && state.View(report.LeaseId) is var view && view.Sequence >= report.Sequence)
                {
                    return view;
                }
                pause = pause * 1.5 < longest ? pause * 1.5 : longest;
            }
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnavailable(logger, scope, failed.GetType().Name);
            throw new BudgetUnavailableException("The budget entity does not answer.", failed);
        }
    }

    public async ValueTask<ClaimedLease?> ClaimAsync(BudgetScope scope, DateTimeOffset now, CancellationToken cancellationToken) => await slots.ClaimAsync(scope, now);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The budget entity of {Scope} does not answer ({Exception}).")]
    private static partial void LogUnavailable(ILogger logger, string scope, string exception);
}
