using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;

namespace Tollgate.Functions;

/// <summary>Reaches the budget entities with the client of the latest call. Nothing asks for them before the first one.</summary>
public sealed class DurableBudgets : IBudgetEntities
{
    private volatile DurableTaskClient? latest;

    private DurableTaskClient Client => latest ?? throw new InvalidOperationException("No function has been called yet.");

    /// <summary>Goes by this client from now on.</summary>
    public void Use(DurableTaskClient client) => latest = client;

    Task IBudgetEntities.SendAsync(string key, BudgetTold told, CancellationToken cancellationToken) =>
        Client.Entities.SignalEntityAsync(Entity(key), nameof(BudgetEntity.Tell), told, options: null, cancellationToken);

    async Task<BudgetState?> IBudgetEntities.ReadAsync(string key, CancellationToken cancellationToken) =>
        (await Client.Entities.GetEntityAsync<BudgetState>(Entity(key), includeState: true, cancellationToken))?.State;

    private static EntityInstanceId Entity(string key) => new(BudgetFunction.Name, key);
}
