using System.Text.Json.Nodes;
using Tollgate.Admission.Loops;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A program that sends the same prompt over and over is slowed, then refused; others are not.</summary>
public sealed class LoopTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SamePromptOverAndOver_IsRefusedInTheCallersDialect_OthersGoOn(bool stream)
    {
        var time = new ManualTime();
        var target = new Target("openai", "c5");
        var options = new BenchOptions { Time = time, Configure = config => config["tenants"]!["t"]!["loops"] = new JsonObject { ["slowAfter"] = 2, ["refuseAfter"] = 4 } };
        await using var bench = await fixture.StartAsync(options, target);
        (await bench.AskAsync(stream)).AssertWhole();
        (await bench.AskAsync(stream)).AssertWhole();
        foreach (var wait in new[] { LoopGuard.LongestWait / 2, LoopGuard.LongestWait })
        {
            var slowed = bench.AskAsync(stream);
            await time.WaitForTimerAsync(wait);
            time.Advance(wait);
            (await slowed).AssertWhole();
        }

        var refused = await bench.AskAsync(stream);
        refused.AssertError(429, "loop_detected");
        Assert.Equal("60", refused.Header("Retry-After"));
        Assert.Equal("messages", (string?)refused.Error!["param"]);

        (await bench.AskAsync(stream, """{"messages":[{"role":"user","content":"something else"}]}""")).AssertWhole();
        Assert.Equal(5, bench.ReceivedBy(target).Count);
        Assert.Equal(5, (await bench.RowsAsync()).Count);
    }
}
