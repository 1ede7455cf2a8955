using System.Collections.Concurrent;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

/// <summary>A store of <c>kv:</c> secrets whose values a test changes; a change is seen at the next <see cref="RereadAsync"/>.</summary>
internal sealed class StoredSecrets : ICredentialStore
{
    private readonly ConcurrentDictionary<string, Secret> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Secret> stored = new(StringComparer.Ordinal);

    public string Scheme => "kv:";

    public ConcurrentQueue<string> Rereads { get; } = [];

    /// <param name="reference">Whose value it is.</param>
    /// <param name="value">Null where the store does not hold it.</param>
    public void Put(string reference, string? value) => stored[reference] = value is null ? Secret.Missing("the vault holds no secret of that name") : Secret.Of(value);

    public ValueTask<Secret> FindAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult(known.GetOrAdd(reference, stored[reference]));

    public ValueTask<Secret> RereadAsync(string reference, CancellationToken cancellationToken)
    {
        Rereads.Enqueue(reference);
        return ValueTask.FromResult(known[reference] = stored[reference]);
    }
}
