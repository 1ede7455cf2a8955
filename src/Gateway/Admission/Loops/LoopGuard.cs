using System.Globalization;
using Microsoft.Extensions.Logging;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Telemetry;

namespace Tollgate.Admission.Loops;

/// <summary>
/// Stops programs that send the same prompt over and over: first they have to wait, the longer the more often they come, then they are refused
/// until they come less often. Refused calls count too. An instance knows of its own calls alone: a budget is what holds over all of them.
/// </summary>
internal sealed partial class LoopGuard(TimeProvider time, ILogger<LoopGuard> logger)
{
    /// <summary>Longest that a call has to wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private readonly LoopCounter counter = new(time);

    /// <summary>Lets a call go on, at once or later.</summary>
    /// <exception cref="CallerErrorException">429: refused.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask PassAsync(IncomingCall call, CancellationToken callerGone)
    {
        var (tenant, key) = call.Caller;
        if (tenant.Loops is not { } limits)
        {
            return;
        }
        var count = counter.Add(PromptHash.Of(tenant.Id, key, call.Route.Name, call.Body.Span[call.Scan.MessagesValue]));
        if (count <= limits.SlowAfter)
        {
            return;
        }
        var isRefused = count > limits.RefuseAfter;
        GatewayMeter.AddLoop(isRefused);
        if (count == limits.SlowAfter + 1 || count == limits.RefuseAfter + 1)
        {
            LogLoop(logger, isRefused ? "refused" : "slowed", tenant.Id, key, call.Route.Name, count);
        }
        if (isRefused)
        {
            throw new CallerErrorException(
                429,
                string.Create(CultureInfo.InvariantCulture, $"This key sent the same prompt to this model {count} times within a minute; more than {limits.RefuseAfter} are taken for a loop that has run away. Such calls are refused until they come less often."),
                "messages",
                "loop_detected",
                ErrorTypes.RateLimit,
                LoopCounter.Minute);
        }
        await Task.Delay(LongestWait * (count - limits.SlowAfter) / (limits.RefuseAfter - limits.SlowAfter), time, callerGone);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls are {What}: key {Key} of tenant {Tenant} sent the same prompt to {Model} {Count} times within a minute.")]
    private static partial void LogLoop(ILogger logger, string what, string tenant, string key, string model, int count);
}
