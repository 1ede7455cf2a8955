using Polly;
using Polly.CircuitBreaker;
using Tollgate.Errors;
using Tollgate.Telemetry;
using Tollgate.Upstream;

namespace Tollgate.Health;

/// <summary>
/// Keeps calls from a deployment that fails. It opens after several failures in a row or when half of the last seconds' attempts failed
/// (<see cref="FailureWindow"/>: Polly's own rate alone would never open where there is little traffic), for a second at first and up to five,
/// or as long as the upstream asks. Then one call at a time tries whether it answers again. The states are Polly's.
/// </summary>
internal sealed class Breaker
{
    /// <summary>How long it stays open after the first failure, at the least and at the most without the upstream's own word.</summary>
    public static readonly TimeSpan ShortestBreak = TimeSpan.FromSeconds(1), LongestBreak = TimeSpan.FromSeconds(5);

    private static readonly ResiliencePropertyKey<TimeSpan> Asked = new("tollgate.retry-after");

    private readonly string name;
    private readonly FailureWindow window;
    private readonly TimeProvider time;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly ResiliencePipeline<Judged> circuit;
    private volatile UpstreamFailure lastFailure = new(FailureKind.Overloaded, 503);
    private long openUntil;

    /// <param name="name">The deployment's.</param>
    /// <param name="time">The clock.</param>
    public Breaker(string name, TimeProvider time)
    {
        (this.name, this.time) = (name, time);
        window = new FailureWindow(time);
        circuit = new ResiliencePipelineBuilder<Judged> { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<Judged>
        {
            // Whether it is enough is the window's to say.
            FailureRatio = 0,
            MinimumThroughput = 2,
            SamplingDuration = TimeSpan.FromHours(1),
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is null ? arguments.Outcome.Result.Opens : IsProbing),
            // Its own callbacks for changes run on other threads, later.
            BreakDurationGenerator = arguments => ValueTask.FromResult(Open(arguments)),
            StateProvider = state,
        }).Build();
    }

    /// <summary>A single call is finding out whether the deployment answers again.</summary>
    public bool IsProbing => state.CircuitState == CircuitState.HalfOpen;

    /// <summary>Failures since the last success.</summary>
    public int FailuresInARow => window.Row;

    /// <summary>The failure that came last: what calls with nowhere else to go are told while it is open.</summary>
    public UpstreamFailure LastFailure => lastFailure;

    /// <summary>The part of attempts that succeeded lately, 0 to 1.</summary>
    public double SuccessRate => window.SuccessRate;

    /// <summary>Until when it is open by itself, for those who tell others of it; null where it is closed.</summary>
    public DateTimeOffset? OpenUntil => state.CircuitState == CircuitState.Closed ? null : new DateTimeOffset(Volatile.Read(ref openUntil), TimeSpan.Zero);

    /// <summary>Whether a call would be refused now.</summary>
    /// <param name="now">UTC ticks.</param>
    /// <param name="left">How long yet; while one is being tried, the shortest break.</param>
    public bool IsOpen(long now, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        switch (state.CircuitState)
        {
            case CircuitState.Closed:
                return false;
            case CircuitState.HalfOpen:
                left = ShortestBreak;
                return true;
            default:
                var until = Volatile.Read(ref openUntil);
                left = new TimeSpan(Math.Max(0, until - now));
                return until > now;
        }
    }

    /// <summary>Makes an attempt, unless the breaker is open, and learns from it.</summary>
    /// <returns>Null where it was not made.</returns>
    public async ValueTask<AttemptResult?> RunAsync<T>(Func<T, ValueTask<AttemptResult>> attempt, T of)
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            var outcome = await circuit.ExecuteOutcomeAsync(static async (context, call) =>
            {
                try
                {
                    if (call.Self.IsProbing)
                    {
                        GatewayMeter.AddBreakerChange(call.Self.name, TelemetryNames.Values.HalfOpen);
                    }
                    return Outcome.FromResult(call.Self.Judge(await call.Attempt(call.Of), context));
                }
                catch (Exception thrown)
                {
                    return Outcome.FromException<Judged>(thrown);
                }
            }, context, (Self: this, Attempt: attempt, Of: of));
            if (outcome.Exception is BrokenCircuitException)
            {
                return null;
            }
            outcome.ThrowIfException();
            return outcome.Result.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>An answer that had begun broke off.</summary>
    public async ValueTask NoteCutAsync() => await RunAsync(static failed => ValueTask.FromResult<AttemptResult>(failed), new UpstreamFailure(FailureKind.Cut, 200));

    private Judged Judge(AttemptResult result, ResilienceContext context)
    {
        var verdict = Verdicts.Of(result);
        if (verdict == Verdict.Unknown)
        {
            // A try that says nothing leaves it open.
            return new Judged(result, IsProbing);
        }
        if (verdict == Verdict.Alive && IsProbing)
        {
            window.Clear();
            GatewayMeter.AddBreakerChange(name, TelemetryNames.Values.Closed);
        }
        if (verdict == Verdict.Failed)
        {
            lastFailure = new UpstreamFailure(result.Failure!.Kind, result.Failure.Status);
        }
        var isTooMuch = window.Add(verdict == Verdict.Alive);
        if (verdict == Verdict.Failed && result.Failure?.RetryAfter is { } asked)
        {
            context.Properties.Set(Asked, asked);
        }
        return new Judged(result, verdict == Verdict.Failed && (isTooMuch || IsProbing));
    }

    private TimeSpan Open(BreakDurationGeneratorArguments arguments)
    {
        var length = BreakFor(arguments.HalfOpenAttempts, arguments.Context.Properties.GetValue(Asked, TimeSpan.Zero));
        Volatile.Write(ref openUntil, (time.GetUtcNow() + length).UtcTicks);
        GatewayMeter.AddBreakerChange(name, TelemetryNames.Values.Open);
        return length;
    }

    private static TimeSpan BreakFor(int tries, TimeSpan asked)
    {
        var own = ShortestBreak * (1 << Math.Min(tries, 3));
        own = own < LongestBreak ? own : LongestBreak;
        return asked <= own ? own : asked < DeploymentHealth.LongestRest ? asked : DeploymentHealth.LongestRest;
    }

    /// <param name="Result">How the attempt ended.</param>
    /// <param name="Opens">It opens the breaker, or keeps it open.</param>
    private readonly record struct Judged(AttemptResult Result, bool Opens);
}
