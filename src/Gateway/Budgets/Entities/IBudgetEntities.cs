namespace Tollgate.Budgets.Entities;

/// <summary>The durable entities that keep budgets, one for each scope, as a host reaches them.</summary>
internal interface IBudgetEntities
{
    /// <summary>Sends an entity a message. It arrives at least once, in whatever order; when it has is not known.</summary>
    Task SendAsync(string key, BudgetTold told, CancellationToken cancellationToken);

    /// <summary>An entity's state as it was last stored; null before its first message.</summary>
    Task<BudgetState?> ReadAsync(string key, CancellationToken cancellationToken);
}

/// <summary>What an instance tells an entity.</summary>
/// <param name="Scope">Whose budget it keeps.</param>
/// <param name="Report">The message.</param>
internal sealed record BudgetTold(string Scope, LeaseReport Report);

/// <summary>What an entity tells itself, at once or later: look at what is due.</summary>
/// <param name="Stored">Leases with lower numbers were minted by a state that is stored since: they may be shown.</param>
/// <param name="At">When; null: as soon as the present state is stored.</param>
internal sealed record BudgetReminder(long Stored, DateTimeOffset? At);
