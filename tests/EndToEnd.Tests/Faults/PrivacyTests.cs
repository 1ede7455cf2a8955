namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Prompt and answer never get into a log, whatever goes wrong and however much is logged.</summary>
public sealed class PrivacyTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Marker = "Xanadu-marker-7731";

    private static readonly string[] Scenarios =
    [
        "echo", "echo-cut2", "echo-end2", "echo-err2", "echo-bad2", "f400", "f401", "f429", "f500", "reset", "html200", "err200", "overflow", "block", "hang",
    ];

    [Fact]
    public async Task Logs_OfAnyFault_HoldNoPrompt()
    {
        using var log = new CapturedLog();
        foreach (var wire in Lanes.Wires)
        {
            await using var echo = RawUpstream.Canned("application/json", $$$"""{"choices":[{"message":{"content":"{{{Marker}}}"}}],"usage":"{{{Marker}}}","candidates":"{{{Marker}}}","content":"{{{Marker}}}"}""");
            foreach (var target in Scenarios.Select(scenario => new Target(wire, scenario)).Append(new Target(wire, "raw") { Endpoint = echo.Address }))
            {
                await using var bench = await fixture.StartAsync(new BenchOptions { Services = log.AddTo }, target);
                foreach (var stream in new[] { false, true })
                {
                    await bench.AskAsync(stream, $$"""{"messages":[{"role":"user","content":"{{Marker}} one two three"}],"user":"{{Marker}}","{{Marker}}":1}""");
                    await bench.PostAsync($$"""{"model":"m","messages":[{"role":"user","content":["{{Marker}}"]}],"stream":{{(stream ? "true" : "false")}}}""");
                    await bench.PostAsync($$"""{"model":"m","messages":[{"role":"user","content":"{{Marker}}"}""");
                    await bench.PostAsync($$$"""{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"{{{Marker}}}","type":"function","function":{"name":"{{{Marker}}}","arguments":"{{{Marker}}}"}}]},{"role":"tool","tool_call_id":"{{{Marker}}}","content":"{{{Marker}}}"}],"response_format":{"type":"{{{Marker}}}"}}""");
                }
            }
        }

        Assert.NotEmpty(log.Lines);
        Assert.Contains(log.Lines, line => line.Contains("failed at", StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.DoesNotContain(Marker, line, StringComparison.OrdinalIgnoreCase));
        Assert.All(log.Lines, line => Assert.DoesNotContain("credential-a", line, StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.DoesNotContain(Bench.Key, line, StringComparison.Ordinal));
    }
}
