using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tollgate.Gateway.Tests.Providers;

/// <summary>A real Kestrel on a free loopback port.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private LoopbackServer(WebApplication application) => this.application = application;

    public int Port => new Uri(application.Urls.Single()).Port;

    /// <param name="handle">Answers every request.</param>
    /// <param name="certificate">Null for plain HTTP.</param>
    public static async Task<LoopbackServer> StartAsync(RequestDelegate handle, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var built = builder.Build();
        built.Run(handle);
        await built.StartAsync();
        return new LoopbackServer(built);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
