using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tollgate.Caching;

namespace Tollgate.Secrets;

/// <summary>
/// Secrets of a Key Vault: <c>kv:NAME</c>, always the newest version. They are kept in memory and read again every ten minutes or so and ahead of their own
/// expiry, behind the calls that use them. While the vault is not to be reached, or does not let this host read, old values stay in use
/// without end; a secret that the vault says is gone or disabled is not used any longer.
/// </summary>
internal sealed partial class KeyVaultCredentials : ICredentialStore
{
    /// <summary>How long a value is good, give or take a fifth, so that not all are read at the same moment.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>So long before a secret's own expiry its successor is looked for,</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>and from then on so often.</summary>
    public static readonly TimeSpan NearExpiry = TimeSpan.FromMinutes(1);

    /// <summary>What the vault does not hold is asked for again after so long.</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromSeconds(10);

    /// <summary>A refused value is looked at again this often at the most.</summary>
    public static readonly TimeSpan Reread = TimeSpan.FromSeconds(5);

    /// <summary>Longest read, with its token, retries and pauses.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(15);

    /// <summary>A secret's failing reads are told once in so long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private const int MostSecrets = 10_000;

    private readonly ConcurrentDictionary<string, long> told = new(StringComparer.Ordinal);
    private readonly Lazy<VaultClient> vault;
    private readonly FreshCache<string, Secret> cache;
    private readonly TimeProvider time;
    private readonly ILogger<KeyVaultCredentials> logger;

    /// <param name="vault">Made when a secret is first needed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of failed reads.</param>
    public KeyVaultCredentials(Lazy<VaultClient> vault, TimeProvider time, ILogger<KeyVaultCredentials> logger)
    {
        this.vault = vault;
        this.time = time;
        this.logger = logger;
        cache = new FreshCache<string, Secret>(ReadAsync, MostSecrets, time);
    }

    public string Scheme => "kv:";

    public ValueTask<Secret> FindAsync(string reference, CancellationToken cancellationToken)
    {
        var found = cache.GetAsync(reference, cancellationToken);
        return found.IsCompletedSuccessfully ? found : OrProblemAsync(found);
    }

    public ValueTask<Secret> RereadAsync(string reference, CancellationToken cancellationToken) =>
        OrProblemAsync(cache.RereadAsync(reference, Reread, cancellationToken));

    private static async ValueTask<Secret> OrProblemAsync(ValueTask<Secret> reading)
    {
        try
        {
            return await reading;
        }
        catch (VaultException outage)
        {
            return Secret.Missing(outage.Message);
        }
    }

    private async Task<Read<Secret>> ReadAsync(string reference)
    {
        using var tooLong = new CancellationTokenSource(LongestRead, time);
        try
        {
            var (secret, expiresOn) = await vault.Value.ReadAsync(reference[Scheme.Length..], tooLong.Token);
            if (secret.Value is not null)
            {
                return new(secret, TermsOf(expiresOn));
            }
            if (IsNews(reference))
            {
                LogGone(logger, reference, secret.ProblemFor("")!);
            }
            return new(secret, new Terms(Gone, Gone, TimeSpan.MaxValue));
        }
        catch (VaultException outage)
        {
            if (IsNews(reference))
            {
                LogOutage(logger, reference, outage.Message);
            }
            throw;
        }
    }

    /// <summary>A value is waited for only where its own expiry has passed since it was read: the old one is worth little then.</summary>
    private Terms TermsOf(DateTimeOffset? expiresOn)
    {
        var fresh = Fresh * (0.8 + 0.4 * Random.Shared.NextDouble());
        if (expiresOn is not { } end)
        {
            return new(fresh, TimeSpan.MaxValue, TimeSpan.MaxValue);
        }
        var left = end - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return new(NearExpiry, TimeSpan.MaxValue, TimeSpan.MaxValue);
        }
        var untilNear = left - Ahead > NearExpiry ? left - Ahead : NearExpiry;
        fresh = untilNear < fresh ? untilNear : fresh;
        return new(fresh, left > fresh ? left : fresh, TimeSpan.MaxValue);
    }

    private bool IsNews(string reference)
    {
        if (told.TryGetValue(reference, out var at) && time.GetElapsedTime(at) < Quiet)
        {
            return false;
        }
        told[reference] = time.GetTimestamp();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reference} cannot be used: {Reason}.")]
    private static partial void LogGone(ILogger logger, string reference, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reference} cannot be read: {Reason}. A value read before stays in use.")]
    private static partial void LogOutage(ILogger logger, string reference, string reason);
}
