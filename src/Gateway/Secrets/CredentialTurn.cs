using Tollgate.Errors;
using Tollgate.Providers;

namespace Tollgate.Secrets;

/// <summary>One call's way through the credentials of the target it is at: begins with the one whose turn it is, once it needs one.</summary>
internal sealed class CredentialTurn(ProviderCredentials credentials)
{
    /// <summary>How long a rate-limited one rests that was not told for how long.</summary>
    private static readonly TimeSpan RateLimited = TimeSpan.FromSeconds(5);

    private ProviderCredential? current;
    private List<ProviderCredential>? tried;
    private string? used;

    /// <summary>The place of the current credential among all; 0 where there is none.</summary>
    public int Place
    {
        get
        {
            var place = credentials.All.Count - 1;
            while (place > 0 && credentials.All[place] != current)
            {
                place--;
            }
            return Math.Max(0, place);
        }
    }

    /// <summary>The current credential's secret; null where the provider has none.</summary>
    /// <exception cref="CredentialException">It cannot be had.</exception>
    public async ValueTask<string?> FindAsync(CancellationToken cancellationToken)
    {
        used = null;
        current ??= credentials.Take();
        return current is null ? null : used = await current.FindAsync(cancellationToken);
    }

    /// <summary>Lets the credential in use rest, if the failure speaks against it. A value that is not good any longer is looked up first.</summary>
    /// <returns>Whether the same credential has another value now, which is worth another attempt.</returns>
    public async ValueTask<bool> NoteAsync(UpstreamFailure failure, CancellationToken cancellationToken)
    {
        if (current is null || used is not { } refused)
        {
            return false;
        }
        switch (failure.Kind)
        {
            // Google says 400 of a key that is not valid.
            case FailureKind.Credentials when failure.Status is 401 or 400 && await current.HasOtherAsync(refused, cancellationToken):
                return true;
            case FailureKind.Credentials:
                current.Rest(ProviderCredential.Refused, refused, $"the provider refuses it with status {failure.Status}");
                break;
            case FailureKind.QuotaExhausted:
                current.Rest(failure.RetryAfter ?? ProviderCredential.Refused, refused, "its quota is used up");
                break;
            case FailureKind.RateLimited:
                current.Rest(failure.RetryAfter ?? RateLimited, refused, reason: null);
                break;
        }
        return false;
    }

    /// <summary>Moves on to another that does not rest.</summary>
    public bool Next() => Next(evenResting: false);

    /// <summary>Moves on to another, for want of a better place to go.</summary>
    public bool NextAnyway() => Next(evenResting: true);

    private bool Next(bool evenResting)
    {
        if (current is null)
        {
            return false;
        }
        tried ??= [];
        tried.Add(current);
        if (Following(current).FirstOrDefault(other => !tried.Contains(other) && (evenResting || !other.IsResting)) is not { } next)
        {
            return false;
        }
        current = next;
        return true;
    }

    private IEnumerable<ProviderCredential> Following(ProviderCredential one) =>
        credentials.All.SkipWhile(other => other != one).Concat(credentials.All.TakeWhile(other => other != one));
}
