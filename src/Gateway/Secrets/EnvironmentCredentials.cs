using System.Collections.Concurrent;

namespace Tollgate.Secrets;

/// <summary>Secrets in environment variables: <c>env:NAME</c>. Read once; what is not set stays unset until restart.</summary>
internal sealed class EnvironmentCredentials(Func<string, string?> environment) : ICredentialStore
{
    private readonly ConcurrentDictionary<string, Secret> known = new(StringComparer.Ordinal);

    public string Scheme => "env:";

    public Secret Find(string reference) => known.GetOrAdd(reference, Read);

    public ValueTask<Secret> FindAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult(Find(reference));

    public ValueTask<Secret> RereadAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult(Find(reference));

    private Secret Read(string reference) =>
        reference.StartsWith(Scheme, StringComparison.Ordinal) && environment(reference[Scheme.Length..])?.Trim() is { Length: > 0 } value
            ? Secret.Of(value)
            : Secret.Missing("it is not set in the environment");
}
