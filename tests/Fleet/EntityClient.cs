using System.Net.Http.Json;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;

namespace Tollgate.Fleet;

/// <summary>Entities in another process, behind its <see cref="EntityService"/>.</summary>
internal sealed class EntityClient(Uri service) : IBudgetEntities
{
    private static readonly HttpClient Http = new();

    public async Task SendAsync(string key, BudgetTold told, CancellationToken cancellationToken)
    {
        using var answer = await Http.PostAsJsonAsync(At(key), told, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public Task<BudgetState?> ReadAsync(string key, CancellationToken cancellationToken) => Http.GetFromJsonAsync<BudgetState?>(At(key), cancellationToken);

    private Uri At(string key) => new(service, "/" + Uri.EscapeDataString(key));
}
