using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2;

namespace Tollgate.Providers.Vertex;

/// <summary>
/// Bearer tokens by Google's own library, which caches and renews them. One credential object for each credential;
/// a failure is not kept, so the next call tries again. Thread-safe.
/// </summary>
internal sealed class GoogleTokens
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string HostIdentity = "";

    private readonly ConcurrentDictionary<string, Lazy<Task<GoogleCredential>>> credentials = new(StringComparer.Ordinal);

    /// <param name="request">Takes the token, and the project that quota is counted on where the credential names one.</param>
    /// <param name="provider">The provider's name, for errors.</param>
    /// <param name="credential">The JSON of a service account or an authorized user; null for application default credentials.</param>
    /// <param name="cancellationToken">The attempt's end.</param>
    /// <exception cref="CredentialException">No token can be had. The cause is left out where it could quote the credential.</exception>
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, string provider, string? credential, CancellationToken cancellationToken)
    {
        var key = credential ?? HostIdentity;
        var shared = credentials.GetOrAdd(key, static json => new Lazy<Task<GoogleCredential>>(() => LoadAsync(json)));
        try
        {
            var loaded = await shared.Value.WaitAsync(cancellationToken);
            var token = await ((ITokenAccessWithHeaders)loaded.UnderlyingCredential).GetAccessTokenWithHeadersForRequestAsync(null, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
            token.AddHeaders(request);
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (shared.Value.IsFaulted)
            {
                credentials.TryRemove(new(key, shared));
            }
            throw new CredentialException($"The provider '{provider}' could not get a Google access token ({failed.GetType().Name}).");
        }
    }

    private static async Task<GoogleCredential> LoadAsync(string json)
    {
        var loaded = json == HostIdentity ? await GoogleCredential.GetApplicationDefaultAsync() : Parse(json);
        return loaded.IsCreateScopedRequired ? loaded.CreateScoped(Scope) : loaded;
    }

    /// <summary>Other types name hosts to call or programs to run, which a credential from a vault must not.</summary>
    private static GoogleCredential Parse(string json)
    {
        var parameters = Google.Apis.Json.NewtonsoftJsonSerializer.Instance.Deserialize<JsonCredentialParameters>(json);
        return parameters.Type switch
        {
            JsonCredentialParameters.ServiceAccountCredentialType => CredentialFactory.FromJson<ServiceAccountCredential>(json).ToGoogleCredential(),
            JsonCredentialParameters.AuthorizedUserCredentialType => CredentialFactory.FromJson<UserCredential>(json).ToGoogleCredential(),
            _ => throw new NotSupportedException(),
        };
    }
}
