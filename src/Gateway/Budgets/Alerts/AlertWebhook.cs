using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tollgate.Secrets;
using Tollgate.Telemetry;

namespace Tollgate.Budgets.Alerts;

/// <summary>Posts events to an address of the operator's, one after the other, behind everything else.</summary>
internal sealed partial class AlertWebhook : IAsyncDisposable
{
    /// <summary>So many events wait. What comes when all places are taken is dropped.</summary>
    public const int Places = 1000;

    /// <summary>How long one try may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long the end of the process waits for what is left.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Pauses before the second try and the third, which is the last.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    private readonly Channel<ThresholdAlert> queue = Channel.CreateBounded<ThresholdAlert>(new BoundedChannelOptions(Places) { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly AlertTarget target;
    private readonly HttpMessageInvoker client;
    private readonly Credentials credentials;
    private readonly TimeProvider time;
    private readonly ILogger<AlertWebhook> logger;
    private readonly Task sending;

    /// <param name="target">Where to.</param>
    /// <param name="client">Follows no redirects. Stays its owner's.</param>
    /// <param name="credentials">Hold the secret.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of what could not be sent, and never of the address beyond its host: paths and queries of webhooks hold secrets.</param>
    public AlertWebhook(AlertTarget target, HttpMessageInvoker client, Credentials credentials, TimeProvider time, ILogger<AlertWebhook> logger)
    {
        (this.target, this.client, this.credentials, this.time, this.logger) = (target, client, credentials, time, logger);
        sending = Task.Run(SendAllAsync);
    }

    /// <summary>Has an event sent. Waits for nothing.</summary>
    public void Post(ThresholdAlert alert)
    {
        if (!queue.Writer.TryWrite(alert))
        {
            GatewayMeter.AddLostAlerts(1, TelemetryNames.Values.Full);
        }
    }

    /// <summary>Sends what waits, for at most <see cref="Farewell"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        try
        {
            await sending.WaitAsync(Farewell, time);
        }
        catch (TimeoutException)
        {
            await stopping.CancelAsync();
            await sending;
        }
        stopping.Dispose();
    }

    private async Task SendAllAsync()
    {
        await foreach (var alert in queue.Reader.ReadAllAsync())
        {
            if (stopping.IsCancellationRequested || !await TrySendAsync(alert))
            {
                GatewayMeter.AddLostAlerts(1, stopping.IsCancellationRequested ? TelemetryNames.Values.Shutdown : TelemetryNames.Values.Failed);
            }
        }
    }

    private async Task<bool> TrySendAsync(ThresholdAlert alert)
    {
        var body = alert.Body();
        for (var tries = 0; ; tries++)
        {
            var failure = await PostAsync(body);
            if (failure is null)
            {
                return true;
            }
            if (stopping.IsCancellationRequested)
            {
                return false;
            }
            if (!failure.MayPass || tries == Pauses.Count)
            {
                LogFailed(logger, target.Address.Authority, tries + 1, failure.Reason);
                return false;
            }
            await Task.Delay(Pauses[tries], time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One try.</summary>
    /// <returns>Null: it was taken.</returns>
    private async Task<Failure?> PostAsync(byte[] body)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (target.Secret is { } reference)
            {
                var secret = await credentials.FindAsync(reference, end.Token);
                if (secret.Value is not { } value)
                {
                    // Unsigned it would be taken for somebody else's.
                    return new Failure($"its secret cannot be had: {secret.Problem}", MayPass: true);
                }
                var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(value), body);
                request.Headers.Add(GatewayHeaders.Signature, $"sha256={Convert.ToHexStringLower(signature)}");
            }
            using var response = await client.SendAsync(request, end.Token);
            return response.IsSuccessStatusCode ? null : new Failure($"status {(int)response.StatusCode}", MayPass(response.StatusCode));
        }
        catch (OperationCanceledException)
        {
            return new Failure($"no answer within {Patience.TotalSeconds} s", MayPass: true);
        }
        catch (Exception failed)
        {
            return new Failure(failed.GetType().Name, MayPass: true);
        }
    }

    private static bool MayPass(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event was not taken by the webhook at {Host} after {Tries} tries: {Reason}.")]
    private static partial void LogFailed(ILogger logger, string host, int tries, string reason);

    private sealed record Failure(string Reason, bool MayPass);
}

/// <summary>Where events are posted.</summary>
/// <param name="Address">https, or http on a loopback address.</param>
/// <param name="Secret">Where the key of the signature is: <c>env:NAME</c> or <c>kv:NAME</c>; null: events are not signed.</param>
internal sealed record AlertTarget(Uri Address, string? Secret);
