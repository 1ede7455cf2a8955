using System.Globalization;
using System.Text.Json;

namespace Tollgate.EndToEnd.Tests.Hosts;

/// <summary><c>host.json</c>: what the Functions host would do to calls by itself.</summary>
public sealed class HostFileTests
{
    private static readonly JsonElement File = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Hosts", "host.json"))).RootElement;

    [Fact]
    public void Routes_HaveNoPrefix() => Assert.Equal("", Http("routePrefix").GetString());

    /// <summary>At its end the host restarts the worker, with all other calls in it.</summary>
    [Fact]
    public void FunctionTimeout_IsLongerThanTheLongestCall() => Assert.True(
        TimeSpan.Parse(File.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture) > Upstream.Dispatcher.MostAttempts * TimeSpan.FromHours(1));

    /// <summary>Its refusals are not in the caller's dialect; the plan's concurrency settings scale out instead.</summary>
    [Fact]
    public void Host_RefusesNoCallByItself()
    {
        Assert.Equal((-1, -1), (Http("maxOutstandingRequests").GetInt32(), Http("maxConcurrentRequests").GetInt32()));
        Assert.False(Http("dynamicThrottlesEnabled").GetBoolean());
    }

    [Fact]
    public void Telemetry_IsOpenTelemetry() => Assert.Equal("OpenTelemetry", File.GetProperty("telemetryMode").GetString());

    /// <summary>By default an entity's signal may wait for 30 s.</summary>
    [Fact]
    public void DurableQueues_ArePolledTwiceASecond() => Assert.Equal(
        "00:00:00.500",
        File.GetProperty("extensions").GetProperty("durableTask").GetProperty("storageProvider").GetProperty("maxQueuePollingInterval").GetString());

    private static JsonElement Http(string name) => File.GetProperty("extensions").GetProperty("http").GetProperty(name);
}
