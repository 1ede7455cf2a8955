using System.Diagnostics;
using System.Globalization;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Table E where there is nowhere else to go: what the caller sees, how often the upstream is asked, what the ledger says.</summary>
public sealed class SingleTargetTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private static readonly string[] ProviderWords = ["API key", "Incorrect", "credit", "billing", "unregistered", "invalid x-api-key"];

    public static TheoryData<string, bool, string, int, string?, int> Table
    {
        get
        {
            var cases = new TheoryData<string, bool, string, int, string?, int>();
            foreach (var wire in Lanes.Wires)
            {
                foreach (var stream in new[] { false, true })
                {
                    AddCases(cases, wire, stream);
                }
            }
            return cases;
        }
    }

    public static TheoryData<string, bool, string> Retried => Lanes.Of("f429x1", "f500x1", "f503x1", "f529x1", "resetx1", "htmlx1", "html200x1", "err200x1", "cut0x1", "end0x1");

    public static TheoryData<string, bool, string> Credentials => Lanes.Of("f401", "f402", "f403");

    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    [Theory]
    [MemberData(nameof(Table))]
    public async Task E_Status_MappedForTheCaller(string wire, bool stream, string fault, int status, string? code, int attempts)
    {
        var target = new Target(wire, fault);
        await using var bench = await fixture.StartAsync(target);

        var seen = await bench.AskAsync(stream);

        seen.AssertError(status, code);
        Assert.Equal(attempts.ToString(CultureInfo.InvariantCulture), seen.Header("x-tollgate-attempts"));
        Assert.Equal(attempts, bench.ReceivedBy(target).Count);
        Assert.Equal(status is 429 or 503 && code is not "insufficient_quota", seen.Header("Retry-After") is not null);
        var row = await bench.RowAsync();
        var billed = Billed.Of(wire, stream, fault);
        Assert.Equal(("failed", status, attempts, attempts * billed.Prompt, attempts * billed.Completion, attempts * billed.Cost, billed.Any), (row.Status, row.HttpStatus, row.Attempts, row.Prompt, row.Completion, row.Cost, row.Estimated));
    }

    [Theory]
    [MemberData(nameof(Retried))]
    public async Task E_PassingFault_SameTargetOnceMore(string wire, bool stream, string fault)
    {
        var target = new Target(wire, $"c3-{fault}");
        await using var bench = await fixture.StartAsync(target);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal("2", seen.Header("x-tollgate-attempts"));
        Assert.Equal(2, bench.ReceivedBy(target).Count);
        var row = await bench.RowAsync();
        var billed = Billed.Of(wire, stream, fault);
        Assert.Equal(("ok", 2, Billed.Words + billed.Prompt, 3 + billed.Completion, billed.Any), (row.Status, row.Attempts, row.Prompt, row.Completion, row.Estimated));
    }

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task E_Credentials_NothingOfTheProvidersIsTold(string wire, bool stream, string fault)
    {
        var target = new Target(wire, fault) { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        await using var bench = await fixture.StartAsync(target);

        var seen = await bench.AskAsync(stream);

        seen.AssertError(502, "upstream_credentials");
        Assert.Equal(2, bench.ReceivedBy(target).Count);
        Assert.All(ProviderWords, word => Assert.DoesNotContain(word, seen.Text, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("credential-", seen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_429_LongRetryAfter_GivenToTheCaller(string wire, bool stream, string label)
    {
        var target = new Target(wire, $"f429-ra30{label}");
        await using var bench = await fixture.StartAsync(target);

        var seen = await bench.AskAsync(stream);

        seen.AssertError(429, "rate_limit_exceeded");
        Assert.Equal(("30", "30000", "1"), (seen.Header("Retry-After"), seen.Header("retry-after-ms"), seen.Header("x-tollgate-attempts")));
        Assert.Single(bench.ReceivedBy(target));
    }

    [Fact]
    public async Task E_429_ShortRetryAfter_WaitedOut()
    {
        var target = new Target("openai", "c3-f429x1-ra1");
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = TimeProvider.System }, target);
        var clock = Stopwatch.StartNew();

        var seen = await bench.AskAsync(stream: false);

        seen.AssertWhole();
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(5));
        Assert.Equal(2, bench.ReceivedBy(target).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ContentFilter_ProvidersReasonIsKept(bool stream)
    {
        var target = new Target("openai", "block");
        await using var bench = await fixture.StartAsync(target, new Target("openai", "c3"));

        var seen = await bench.AskAsync(stream);

        seen.AssertError(400, "content_filter");
        Assert.Contains("content management policy", (string)seen.Error!["message"]!, StringComparison.Ordinal);
        Assert.Single(bench.ReceivedBy(target));
    }

    [Theory]
    [InlineData("anthropic", false)]
    [InlineData("anthropic", true)]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    public async Task E_ContentFilterOfTranslatedWires_EndsAsContentFilter(string wire, bool stream)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, "block"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(["content_filter"], seen.FinishReasons);
    }

    private static void AddCases(TheoryData<string, bool, string, int, string?, int> cases, string wire, bool stream)
    {
        cases.Add(wire, stream, "f404", 404, "model_not_found", 1);
        cases.Add(wire, stream, "f408", 504, "upstream_timeout", 1);
        cases.Add(wire, stream, "f413", 413, "request_too_large", 1);
        cases.Add(wire, stream, "f429", 429, "rate_limit_exceeded", 2);
        cases.Add(wire, stream, "f500", 502, "upstream_error", 2);
        cases.Add(wire, stream, "f503", 503, "upstream_overloaded", 2);
        cases.Add(wire, stream, "f504", 504, "upstream_timeout", 1);
        cases.Add(wire, stream, "f529", 503, "upstream_overloaded", 2);
        cases.Add(wire, stream, "overflow", 400, "context_length_exceeded", 1);
        cases.Add(wire, stream, "reset", 502, "upstream_unreachable", 2);
        cases.Add(wire, stream, "hang", 504, "upstream_timeout", 1);
        cases.Add(wire, stream, "silent", 504, "upstream_timeout", 1);
        cases.Add(wire, stream, "html", 502, "upstream_error", 2);
        cases.Add(wire, stream, "html200", 502, "upstream_bad_reply", 2);
        cases.Add(wire, stream, "err200", 502, "upstream_error", 2);
        if (wire != "gemini")
        {
            // Google's API has no 409 of its own; the others' is a conflict whatever their error object says.
            cases.Add(wire, stream, "f409", 409, "conflict", 2);
        }
        if (wire != "anthropic")
        {
            // Anthropic's error object does not tell this from a rate limit.
            cases.Add(wire, stream, "quota", 429, "insufficient_quota", 1);
        }
        if (!stream)
        {
            cases.Add(wire, stream, "c5-cut1", 502, "upstream_unreachable", 2);
            cases.Add(wire, stream, "c5-end1", 502, "upstream_bad_reply", 2);
            cases.Add(wire, stream, "c5-bad1", 502, "upstream_bad_reply", 2);
            cases.Add(wire, stream, "c5-stall1", 504, "upstream_timeout", 1);
        }
    }
}
