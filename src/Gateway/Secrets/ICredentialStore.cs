namespace Tollgate.Secrets;

/// <summary>Holds the providers' credentials and, for configured tenants, their keys.</summary>
internal interface ICredentialStore
{
    /// <summary>The secret behind a reference such as <c>env:OPENAI_API_KEY</c>; null when there is none.</summary>
    string? Find(string reference);
}

/// <summary>Secrets in environment variables: <c>env:NAME</c>. Read once; what is not set stays unset until restart.</summary>
internal sealed class EnvironmentCredentials(Func<string, string?> environment) : ICredentialStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string?> known = new(StringComparer.Ordinal);

    public string? Find(string reference) => known.GetOrAdd(reference, Read);

    private string? Read(string reference) =>
        reference.StartsWith("env:", StringComparison.Ordinal) && environment(reference[4..])?.Trim() is { Length: > 0 } secret ? secret : null;
}
