using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Tables;

/// <summary>An https table service that answers as told, reached with an identity of its own.</summary>
internal sealed class StubTables(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public const string Host = "acme.table.core.windows.net";

    public int Requests { get; private set; }

    public TableAccount Account(TokenCredential? identity = null) => new(Host, "the host's identity", () =>
    {
        var options = TableAccount.Options();
        options.Retry.MaxRetries = 0;
        options.Transport = new HttpClientTransport(new HttpClient(this));
        return new TableServiceClient(new Uri($"https://{Host}"), identity ?? new Identity(), options);
    });

    public static Func<HttpRequestMessage, Task<HttpResponseMessage>> Refusing(HttpStatusCode status, string code) => _ => Task.FromResult(new HttpResponseMessage(status)
    {
        Content = new StringContent($$"""{ "odata.error": { "code": "{{code}}", "message": { "lang": "en-US", "value": "a message with-a-secret" } } }""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        return answer(request);
    }

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
