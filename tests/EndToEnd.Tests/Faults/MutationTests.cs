using System.Net.Http.Headers;
using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Damaged requests and damaged answers: always an answer a client can read, never the gateway's own failure.</summary>
public sealed class MutationTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const int Requests = 700;
    private const int Answers = 250;
    private const int Together = 8;

    private const string Rich = """
        {"model":"m","temperature":0.5,"top_p":0.9,"max_tokens":50,"stop":["END"],"user":"somebody","seed":7,"n":1,"reasoning_effort":"low","parallel_tool_calls":true,
        "metadata":{"a":"b"},"logit_bias":{"50256":-100},"tool_choice":"auto","stream":false,
        "response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object","$defs":{"d":{"type":"string","minLength":1}},"properties":{"a":{"$ref":"#/$defs/d"},"b":{"anyOf":[{"type":"number"},{"type":"null"}]}},"required":["a"]}}},
        "tools":[{"type":"function","function":{"name":"f","description":"does","parameters":{"type":"object","properties":{"x":{"type":["string","null"],"enum":["a","b"]}}}}}],
        "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Grüße 🌍"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"x\":\"a\"}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]},
        {"role":"tool","tool_call_id":"call_1","content":"{\"y\":1}"},{"role":"user","content":"And now?"}]}
        """;

    private const string Tools = """{"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"]}}}],"logprobs":true,"n":1}""";

    public static TheoryData<string, bool, string> Each => Lanes.Of("think-c8", "think-tool2");

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task Request_Damaged_AnswerOrClientError(string wire)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, "c2"));
        var intact = await bench.PostAsync(Rich);
        Assert.True(intact.Status == 200, intact.Text);
        var valid = Encoding.UTF8.GetBytes(Rich);

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = Together }, async (seed, _) =>
        {
            var body = Mutations.Mutate(valid, new Random(seed));
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var seen = await bench.PostAsync(content);
            Assert.True(seen.Status is 200 or (>= 400 and < 500), $"{seen.Status} {seen.Text} for seed {seed}: {Encoding.UTF8.GetString(body)}");
            if (seen.Status != 200)
            {
                seen.AssertErrorObject();
            }
        });
        await bench.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task Answer_Damaged_ReadableForTheCaller(string wire, bool stream, string scenario)
    {
        var (type, valid) = await TranscriptAsync(wire, stream, scenario);
        var seed = 0;
        await using var upstream = RawUpstream.Canned(() => (type, Mutations.Mutate(valid, new Random(Interlocked.Increment(ref seed)))));
        using var log = new CapturedLog();
        await using var bench = await fixture.StartAsync(new BenchOptions { Services = log.AddTo }, new Target(wire, "raw") { Endpoint = upstream.Address });
        var request = Bench.Body(stream, Tools);

        await Parallel.ForAsync(0, Answers, new ParallelOptions { MaxDegreeOfParallelism = Together }, async (_, _) =>
        {
            var seen = await bench.PostAsync(request, lenient: true);
            Assert.False(seen.Broken || seen.Status == 500, $"The gateway failed: {string.Join('\n', log.Lines.Where(line => line.Contains("unexpectedly", StringComparison.Ordinal)))}");
            if (HasError(seen))
            {
                seen.AssertErrorObject();
                Assert.False(seen.Done);
            }
            else
            {
                Assert.Equal(stream, seen.Done);
            }
        });
        Assert.All(await bench.RowsAsync(), row => Assert.Contains(row.Status, new[] { "ok", "failed", "cut" }));
        await bench.AssertAliveAsync();
    }

    /// <summary>A name given twice, or half a surrogate pair, is the provider's own affair where its JSON passes through.</summary>
    private static bool HasError(Seen seen)
    {
        try
        {
            return seen.Error is not null;
        }
        catch (Exception odd) when (odd is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What the Simulator sends the gateway, as it is on the wire.</summary>
    private async Task<(string Type, byte[] Body)> TranscriptAsync(string wire, bool stream, string scenario)
    {
        var target = new Target(wire, scenario);
        await using (var bench = await fixture.StartAsync(target))
        {
            (await bench.AskAsync(stream, Tools)).AssertWhole();
        }
        var sent = fixture.Simulator.Requests.Snapshot().Single(request => request.Model == target.Model);
        using var client = new HttpClient();
        using var again = new HttpRequestMessage(HttpMethod.Post, new Uri(fixture.Simulator.BaseAddress, sent.Path + sent.Query)) { Content = new ByteArrayContent(sent.Body.ToArray()) };
        foreach (var (name, value) in sent.Headers.Where(header => !header.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            again.Headers.TryAddWithoutValidation(name, value);
        }
        again.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.SendAsync(again);
        Assert.True(response.IsSuccessStatusCode);
        return (response.Content.Headers.ContentType!.MediaType!, await response.Content.ReadAsByteArrayAsync());
    }
}
