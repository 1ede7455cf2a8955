using System.Reflection;
using Tollgate.EndToEnd.Tests.Faults;
using Tollgate.Telemetry;
using static Tollgate.Telemetry.TelemetryNames;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>All that is emitted has its name in <see cref="TelemetryNames"/> and its line in <c>docs/telemetry.md</c>, and holds no word of anybody's.</summary>
public sealed class TelemetryNamesTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Marker = "Xanadu-marker-9923";

    private static readonly string[] NeverMeasured = [Attributes.Tenant, Attributes.RequestId];

    [Fact]
    public async Task Everything_IsListedAndDocumented_AndHoldsNoText()
    {
        using var heard = new Heard();
        foreach (var wire in Lanes.Wires)
        {
            foreach (var targets in new Target[][] { [new(wire, "echo")], [new(wire, "c5-f503"), new(wire, "echo")], [new(wire, "c5-f400")], [new(wire, "echo-cut2")] })
            {
                await using var bench = await fixture.StartAsync(targets);
                await heard.AskAsync(bench, stream: false, Extra);
                await heard.AskAsync(bench, stream: true, Extra);
            }
            var hang = new Target(wire, "hang") { FirstToken = null };
            await using var slow = await fixture.StartAsync(new BenchOptions { Time = TimeProvider.System }, hang);
            await heard.AskAndLeaveAsync(slow, hang, stream: true);
            await using var poor = await fixture.StartAsync(new BenchOptions { Limits = [("microUsd", "total", 1)] }, new Target(wire, "echo"));
            await heard.AskAsync(poor, stream: true, Extra);
        }

        var (metrics, attributes) = (ConstantsOf(typeof(Metrics)), ConstantsOf(typeof(Attributes)));
        Assert.Equal(metrics.Order(StringComparer.Ordinal), heard.Instruments.Select(instrument => instrument.Name).Order(StringComparer.Ordinal));
        Assert.All(heard.Instruments, instrument => Assert.False(string.IsNullOrEmpty(instrument.Unit) || string.IsNullOrEmpty(instrument.Description)));
        Assert.All(heard.Spans.SelectMany(span => span.TagObjects), tag => Assert.Contains(tag.Key, attributes));
        Assert.All(heard.Spans, span => Assert.StartsWith(Spans.Chat, span.DisplayName, StringComparison.Ordinal));
        Assert.All(heard.Measurements.SelectMany(measured => measured.Tags), tag => Assert.Contains(tag.Key, attributes));
        Assert.All(heard.Measurements.SelectMany(measured => measured.Tags), tag => Assert.DoesNotContain(tag.Key, NeverMeasured));
        Assert.All(heard.Spans.SelectMany(span => span.TagObjects).Concat(heard.Measurements.SelectMany(measured => measured.Tags)), tag =>
        {
            var text = tag.Value is string[] several ? string.Join(' ', several) : $"{tag.Value}";
            Assert.DoesNotContain(Marker, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Bench.Key, text, StringComparison.Ordinal);
            Assert.DoesNotContain("credential-a", text, StringComparison.Ordinal);
        });
        Assert.All(heard.Spans, span => Assert.True(!span.Events.Any() && !span.Links.Any() && span.StatusDescription is null));
    }

    [Fact]
    public void EveryName_IsDocumented()
    {
        var documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Telemetry", "telemetry.md"));
        Assert.All(ConstantsOf(typeof(Metrics)).Concat(ConstantsOf(typeof(Attributes))), name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryName_IsThereOnce()
    {
        Assert.Equal(ConstantsOf(typeof(Metrics)).Distinct(), ConstantsOf(typeof(Metrics)));
        Assert.Equal(ConstantsOf(typeof(Attributes)).Distinct(), ConstantsOf(typeof(Attributes)));
    }

    private static string Extra => $$"""{"messages":[{"role":"user","content":"{{Marker}} one two three"}],"user":"{{Marker}}","max_tokens":50,"n":1}""";

    private static IReadOnlyList<string> ConstantsOf(Type type) => [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];
}
