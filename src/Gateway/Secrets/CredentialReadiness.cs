using Tollgate.Health;

namespace Tollgate.Secrets;

/// <summary>Loads every configured credential and says which cannot be had. One that is cached is had, whatever became of its vault.</summary>
internal sealed class CredentialReadiness(CredentialRoster roster, TimeProvider time) : IDependency
{
    /// <summary>Longest wait for all of them.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async ValueTask<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var problems = await Task.WhenAll(roster.All.Select(credential => FindProblemAsync(credential, end.Token, cancellationToken)));
        return [.. problems.OfType<string>()];
    }

    private static async Task<string?> FindProblemAsync(ProviderCredential credential, CancellationToken end, CancellationToken callerGone)
    {
        try
        {
            return await credential.FindProblemAsync(end);
        }
        catch (OperationCanceledException) when (!callerGone.IsCancellationRequested)
        {
            return credential.Sentence($"the vault did not answer within {Patience.TotalSeconds} s");
        }
    }
}
