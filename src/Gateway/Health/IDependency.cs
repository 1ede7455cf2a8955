namespace Tollgate.Health;

/// <summary>Something the gateway cannot do its work without.</summary>
internal interface IDependency
{
    /// <summary>What is missing, one sentence each, naming the setting and no secret; empty when all is there. Answers within seconds.</summary>
    ValueTask<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken);
}
