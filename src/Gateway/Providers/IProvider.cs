using Tollgate.Catalogue;

namespace Tollgate.Providers;

/// <summary>One kind of upstream service: where its models are, how it is told who we are, which wire it speaks.</summary>
internal interface IProvider
{
    /// <summary>The word for it in <c>gateway.json</c>: openai, azure-openai, anthropic, gemini, vertex.</summary>
    string Kind { get; }

    /// <summary>The wire to translate to; null where it is OpenAI's own.</summary>
    IWire? WireFor(ModelProfile model);

    /// <summary>Where a model answers. Computed once for each deployment.</summary>
    UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model);

    /// <summary>Puts the credential, and the headers that the service wants of every call, on a request.</summary>
    /// <param name="request">The request to be sent.</param>
    /// <param name="provider">The provider's settings.</param>
    /// <param name="credential">What the credential store holds under the provider's name for it; null where the provider uses the host's own identity.</param>
    /// <param name="cancellationToken">The attempt's end.</param>
    /// <exception cref="CredentialException">No token can be had.</exception>
    ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken);
}

/// <param name="Json">Whole answers.</param>
/// <param name="Stream">Streamed answers.</param>
internal sealed record UpstreamAddress(Uri Json, Uri Stream);

/// <summary>A provider as configured.</summary>
internal sealed record ProviderSettings
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>Without a trailing slash, e.g. <c>https://api.openai.com/v1</c>, <c>https://api.anthropic.com</c>, <c>https://generativelanguage.googleapis.com</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Azure OpenAI: the <c>api-version</c> of the deployment path; null for the v1 path.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Vertex: the Google Cloud project.</summary>
    public string? Project { get; init; }

    /// <summary>Vertex: the location, e.g. <c>us-east5</c> or <c>global</c>.</summary>
    public string? Location { get; init; }
}

/// <summary>A provider's credential cannot be had. The message names the provider and where the credential should be, never its value.</summary>
internal sealed class CredentialException(string message, Exception? inner = null) : Exception(message, inner);
