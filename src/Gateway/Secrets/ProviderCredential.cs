using Microsoft.Extensions.Logging;
using Tollgate.Providers;

namespace Tollgate.Secrets;

/// <summary>One of a provider's credentials, shared by all its calls: where it is, and until when it is better left alone. Thread-safe.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="kind">The provider's kind: says what its credential may hold.</param>
/// <param name="reference">Where it is: <c>kv:NAME</c> or <c>env:NAME</c>.</param>
/// <param name="credentials">The stores.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told when it begins to rest.</param>
internal sealed partial class ProviderCredential(string provider, string kind, string reference, Credentials credentials, TimeProvider time, ILogger<ProviderCredential> logger)
{
    /// <summary>How long one rests that was refused or cannot be had.</summary>
    public static readonly TimeSpan Refused = TimeSpan.FromSeconds(60);

    private volatile Pause? pause;

    public string Reference => reference;

    /// <summary>Whether it was refused or rate-limited a while ago. Another value than the one that was ends the rest.</summary>
    public bool IsResting => pause is { } last && time.GetUtcNow() < last.Until && !IsOtherThan(last.Value);

    /// <summary>What is wrong with it, as a sentence that names its setting; null where it can be used.</summary>
    public async ValueTask<string?> FindProblemAsync(CancellationToken cancellationToken) =>
        (await credentials.FindAsync(reference, cancellationToken)).ProblemFor(kind) is { } problem ? Sentence(problem) : null;

    /// <summary>The secret. At once where it is known.</summary>
    /// <exception cref="CredentialException">It cannot be had; it rests then.</exception>
    public async ValueTask<string> FindAsync(CancellationToken cancellationToken)
    {
        var secret = await credentials.FindAsync(reference, cancellationToken);
        if (secret.ProblemFor(kind) is not { } problem)
        {
            return secret.Value!;
        }
        Rest(Refused, value: null, problem);
        throw new CredentialException(Sentence(problem));
    }

    /// <summary>Looks whether its store holds another value than <paramref name="refused"/> by now.</summary>
    public async ValueTask<bool> HasOtherAsync(string refused, CancellationToken cancellationToken)
    {
        var secret = await credentials.RereadAsync(reference, cancellationToken);
        return secret.ProblemFor(kind) is null && secret.Value != refused;
    }

    /// <summary>Leaves it alone for a while.</summary>
    /// <param name="length">How long.</param>
    /// <param name="value">What was refused; null where it could not be had.</param>
    /// <param name="reason">For the log, a clause; null where it needs none.</param>
    public void Rest(TimeSpan length, string? value, string? reason)
    {
        var isNews = reason is not null && !IsResting;
        pause = new Pause(time.GetUtcNow() + length, value);
        if (isNews)
        {
            LogRests(logger, provider, reference, length.TotalSeconds, reason!);
        }
    }

    public string Sentence(string problem) => $"'providers.{provider}.credential' names {reference}, but {problem}.";

    private bool IsOtherThan(string? value)
    {
        var known = credentials.FindAsync(reference, CancellationToken.None);
        return known.IsCompletedSuccessfully && known.Result is var secret && secret.ProblemFor(kind) is null && secret.Value != value;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {Provider}'s credential {Reference} is not used for {Seconds} s where there is another: {Reason}.")]
    private static partial void LogRests(ILogger logger, string provider, string reference, double seconds, string reason);

    private sealed class Pause(DateTimeOffset until, string? value)
    {
        public DateTimeOffset Until => until;

        public string? Value => value;
    }
}
