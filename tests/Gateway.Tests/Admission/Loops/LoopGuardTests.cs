using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission.Loops;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Telemetry;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Admission.Loops;

public sealed class LoopGuardTests
{
    private const string Secret = "hush-hush";

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<LoopGuard> log = new();
    private readonly Tenant tenant = new("acme") { Loops = new LoopLimits(SlowAfter: 3, RefuseAfter: 5) };
    private readonly LoopGuard guard;

    public LoopGuardTests() => guard = new LoopGuard(time, log);

    [Fact]
    public async Task Pass_TheSamePrompt_GoesOn_ThenWaits_ThenIsRefused()
    {
        for (var call = 0; call < 3; call++)
        {
            Assert.True(Pass().IsCompletedSuccessfully);
        }
        foreach (var wait in new[] { LoopGuard.LongestWait / 2, LoopGuard.LongestWait })
        {
            var waiting = Pass();
            time.Advance(wait - TimeSpan.FromMilliseconds(1));
            Assert.False(waiting.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
            await waiting;
        }
        var refused = await Assert.ThrowsAsync<CallerErrorException>(() => Pass());
        Assert.Equal((429, "loop_detected", ErrorTypes.RateLimit, "messages", TimeSpan.FromMinutes(1)), (refused.Status, refused.Code, refused.Type, refused.Param, refused.RetryAfter));
        Assert.Equal(["slowed", "refused"], log.Collector.GetSnapshot().Select(line => line.GetStructuredStateValue("What")));
        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Message.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pass_OtherPromptsKeysAndModels_GoOn()
    {
        for (var call = 0; call < 20; call++)
        {
            await Pass($"hi {call}");
        }
        for (var call = 0; call < 5; call++)
        {
            var waiting = Pass();
            time.Advance(LoopGuard.LongestWait);
            await waiting;
        }
        Assert.True(Pass(key: "other").IsCompletedSuccessfully);
        Assert.True(Pass(of: new Tenant("other") { Loops = tenant.Loops }).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Pass_RefusedOnesCountToo_AndAfterAQuietMinuteTheyGoOn()
    {
        for (var call = 0; call < 40; call++)
        {
            var passing = Pass();
            time.Advance(LoopGuard.LongestWait);
            await passing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        await Assert.ThrowsAsync<CallerErrorException>(() => Pass());
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(Pass().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Pass_CallerLeavesWhileItWaits_Ends()
    {
        for (var call = 0; call < 3; call++)
        {
            await Pass();
        }
        using var caller = new CancellationTokenSource();
        var waiting = Pass(callerGone: caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Pass_TenantDoesNotAskForIt_GoesOn()
    {
        for (var call = 0; call < 100; call++)
        {
            Assert.True(Pass(of: new Tenant("acme")).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Pass_SlowedAndRefused_AreMeasured()
    {
        using var measured = new MetricCollector<long>(null, TelemetryNames.Source, TelemetryNames.Metrics.Loops);
        var own = new Tenant("measured") { Loops = tenant.Loops };
        for (var call = 0; call < 6; call++)
        {
            var passing = Pass(of: own);
            time.Advance(LoopGuard.LongestWait);
            await passing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        var outcomes = measured.GetMeasurementSnapshot().Select(item => item.Tags[TelemetryNames.Attributes.Outcome]).ToList();
        Assert.Contains("slowed", outcomes);
        Assert.Contains("refused", outcomes);
    }

    private async Task PassAsync(string text, string key, Tenant of, CancellationToken callerGone)
    {
        using var any = Some.Call($$"""{"messages":[{"role":"user","content":"{{text}}"}]}""", of);
        using var call = new IncomingCall(any.Id, new Caller(of, key), Some.Bytes($$"""{"messages":[{"role":"user","content":"{{text}}"}]}"""), any.Scan, any.Route, strict: false, Some.Now, startedAt: 0);
        await guard.PassAsync(call, callerGone);
    }

    private Task Pass(string text = Secret, string key = "dev", Tenant? of = null, CancellationToken callerGone = default) => PassAsync(text, key, of ?? tenant, callerGone);
}
