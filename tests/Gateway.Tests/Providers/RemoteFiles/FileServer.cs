using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Tollgate.Gateway.Tests.Providers.RemoteFiles;

/// <summary>A server of files, good and bad; each path is named after what it does.</summary>
public sealed class FileServer : IAsyncLifetime
{
    public const int Limit = 1000;

    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    private LoopbackServer? server;

    public X509Certificate2 Certificate { get; } = SelfSigned();

    /// <summary>Released whenever an answer has begun to stall.</summary>
    public SemaphoreSlim Stalled { get; } = new(0);

    public int Port => server!.Port;

    public async Task InitializeAsync() => server = await LoopbackServer.StartAsync(AnswerAsync, Certificate);

    public async Task DisposeAsync()
    {
        await server!.DisposeAsync();
        Certificate.Dispose();
        Stalled.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "image/png";
        switch (context.Request.Path.Value!.Trim('/').Split('/'))
        {
            case ["ok"] or ["redirect", "0"]:
                await response.Body.WriteAsync(Png);
                break;
            case ["redirect", var left]:
                response.Redirect($"/redirect/{int.Parse(left, CultureInfo.InvariantCulture) - 1}");
                break;
            case ["to-inside"]:
                response.Redirect("https://inside.example/ok");
                break;
            case ["to-plain"]:
                response.Redirect("http://files.example/ok");
                break;
            case ["to-nowhere"]:
                response.StatusCode = 302;
                break;
            case ["to-port"]:
                response.Redirect("https://files.example:22/ok");
                break;
            case ["large"]:
                response.ContentLength = Limit + 1;
                await response.Body.WriteAsync(new byte[Limit + 1]);
                break;
            case ["large-unannounced"]:
                await response.Body.WriteAsync(new byte[Limit]);
                await response.Body.FlushAsync();
                await response.Body.WriteAsync(new byte[Limit]);
                break;
            case ["page"]:
                await response.WriteAsync("<html></html>");
                break;
            case ["empty"]:
                break;
            case ["cut"]:
                response.ContentLength = 100;
                await response.Body.WriteAsync(Png);
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case ["stall"]:
                Stalled.Release();
                await UntilGoneAsync(context);
                break;
            case ["stall-in-body"]:
                await response.Body.WriteAsync(Png);
                await response.Body.FlushAsync();
                Stalled.Release();
                await UntilGoneAsync(context);
                break;
            case ["cookie"]:
                Assert.False(context.Request.Headers.ContainsKey("Cookie"));
                response.Cookies.Append("session", "1");
                await response.Body.WriteAsync(Png);
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    private static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=files.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
