using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

/// <summary>OpenAI's client for .NET, told no more than another address and key. It does not retry, so that a test sees the gateway's own answer.</summary>
internal static class NuGetClient
{
    public static ChatClient Chat(GatewayFixture gateway, string model, string key = GatewayFixture.Key) =>
        new(model, new ApiKeyCredential(key), Options(new Uri(gateway.Address, "v1")));

    public static OpenAIClientOptions Options(Uri endpoint) =>
        new() { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = GatewayFixture.Timeout };

    /// <summary>A marker to find a call's upstream request by.</summary>
    public static string Marker() => $"marker{Guid.NewGuid():N}";
}
