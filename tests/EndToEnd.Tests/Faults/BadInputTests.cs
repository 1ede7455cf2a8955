using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Whatever a caller sends: a 4xx with OpenAI's error object, before any upstream is asked, and the process goes on.</summary>
public sealed class BadInputTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

    /// <summary>Body and the parameter that the error has to name.</summary>
    private static readonly (string Body, string? Param)[] Bad =
    [
        ("", null),
        ("{", null),
        ("[]", null),
        ("null", null),
        ("\"text\"", null),
        ("{\"model\":\"m\"," + Messages + "} trailing", null),
        ("{\"model\":\"m\"," + Messages + "}{}", null),
        ("{\"model\":\"m\"," + Messages + ",}", null),
        ("{\"model\":\"m\"," + Messages + "}\0", null),
        ("{\"model\":\"m\\\0\"," + Messages + "}", null),
        ("{'model':'m'," + Messages + "}", null),
        ("\uFEFF{\"model\":\"m\"," + Messages + "}", null),
        ("{" + Messages + "}", "model"),
        ("{\"model\":\"\"," + Messages + "}", "model"),
        ("{\"model\":null," + Messages + "}", "model"),
        ("{\"model\":7," + Messages + "}", "model"),
        ("{\"model\":[\"m\"]," + Messages + "}", "model"),
        ("{\"model\":\"unknown\"," + Messages + "}", "model"),
        ("{\"model\":\"m\\r\\nx-evil: 1\"," + Messages + "}", "model"),
        ("{\"model\":\"\\ud800\"," + Messages + "}", null),
        ("{\"model\":\"m\"}", "messages"),
        ("{\"model\":\"m\",\"messages\":null}", "messages"),
        ("{\"model\":\"m\",\"messages\":{}}", "messages"),
        ("{\"model\":\"m\",\"messages\":\"x\"}", "messages"),
        ("{\"model\":\"m\",\"messages\":[]}", "messages"),
        ("{\"model\":\"m\",\"messages\":[null]}", "messages[0]"),
        ("{\"model\":\"m\",\"messages\":[\"x\"]}", "messages[0]"),
        ("{\"model\":\"m\",\"messages\":[[]]}", "messages[0]"),
        ("{\"model\":\"m\",\"messages\":[{}]}", "messages[0].role"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":1,\"content\":\"x\"}]}", "messages[0].role"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"wizard\",\"content\":\"x\"}]}", "messages[0].role"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"\\ud800\",\"content\":\"x\"}]}", null),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}", "messages[0].content"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":{}}]}", "messages[0].content"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[7]}]}", "messages[0].content[0]"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":\"https://example.com/a.png\"}]}]}", "messages[0].content[0].image_url"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"\\ud800\"}}]}]}", null),
        ("{\"model\":\"m\",\"stream\":1," + Messages + "}", "stream"),
        ("{\"model\":\"m\",\"stream\":\"true\"," + Messages + "}", "stream"),
        ("{\"model\":\"m\",\"stream\":[]," + Messages + "}", "stream"),
        ("{\"model\":\"m\",\"stream\":true,\"stream_options\":true," + Messages + "}", "stream_options"),
        ("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":1}," + Messages + "}", "stream_options.include_usage"),
        ("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"\\ud800\":1}," + Messages + "}", null),
        ("{\"model\":\"m\",\"max_tokens\":\"5\"," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":0," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":-1," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":1.5," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":1e400," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":99999999999999999999," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\",\"max_tokens\":NaN," + Messages + "}", null),
        ("{\"model\":\"m\",\"max_tokens\":Infinity," + Messages + "}", null),
        ("{\"model\":\"m\",\"max_completion_tokens\":{}," + Messages + "}", "max_completion_tokens"),
        ("{\"model\":\"m\",\"max_completion_tokens\":-7," + Messages + "}", "max_completion_tokens"),
        ("{\"model\":\"m\",\"n\":0," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"n\":129," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"n\":\"1\"," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"n\":9223372036854775808," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"temperature\":\"hot\"," + Messages + "}", "temperature"),
        ("{\"model\":\"m\",\"temperature\":-0.1," + Messages + "}", "temperature"),
        ("{\"model\":\"m\",\"temperature\":1e400," + Messages + "}", "temperature"),
        ("{\"model\":\"m\",\"top_p\":1.01," + Messages + "}", "top_p"),
        ("{\"model\":\"m\",\"top_p\":[]," + Messages + "}", "top_p"),
        ("{\"model\":\"m\",\"top_logprobs\":21," + Messages + "}", "top_logprobs"),
        ("{\"model\":\"m\",\"frequency_penalty\":-3," + Messages + "}", "frequency_penalty"),
        ("{\"model\":\"m\",\"presence_penalty\":3," + Messages + "}", "presence_penalty"),
        ("{\"model\":\"m\",\"seed\":1.5," + Messages + "}", "seed"),
        ("{\"model\":\"m\",\"tools\":{}," + Messages + "}", "tools"),
        ("{\"model\":\"m\",\"response_format\":\"json\"," + Messages + "}", "response_format"),
        ("{\"model\":\"m\",\"model\":\"m\"," + Messages + "}", "model"),
        ("{\"model\":\"m\",\"n\":1,\"n\":2," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"n\":1,\"\\u006e\":2," + Messages + "}", "n"),
        ("{\"model\":\"m\",\"max_tokens\":1,\"max\\u005ftokens\":2," + Messages + "}", "max_tokens"),
        ("{\"model\":\"m\"," + Messages + "," + Messages + "}", "messages"),
        ("{\"\\ud800\":1,\"model\":\"m\"," + Messages + "}", null),
    ];

    /// <summary>What only the translation lane has to understand.</summary>
    private static readonly (string Body, string? Param)[] BadForTranslation =
    [
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}", "messages[0].content"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"content\":\"b\"}]}", null),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}]}", "messages[0].content[0].type"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}", "messages[0].content[0].text"),
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"tool\",\"content\":\"y\"}]}", "messages[1].tool_call_id"),
        ("{\"model\":\"m\",\"tools\":[null]," + Messages + "}", null),
        ("{\"model\":\"m\",\"tools\":[{\"type\":\"function\"}]," + Messages + "}", "tools[0].function.name"),
        ("{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":7}}]," + Messages + "}", "tools[0].function.parameters"),
        ("{\"model\":\"m\",\"tool_choice\":7," + Messages + "}", "tool_choice"),
        ("{\"model\":\"m\",\"stop\":7," + Messages + "}", "stop"),
        ("{\"model\":\"m\",\"stop\":[1]," + Messages + "}", null),
        ("{\"model\":\"m\",\"user\":5," + Messages + "}", "user"),
        ("{\"model\":\"m\",\"metadata\":{\"a\":1}," + Messages + "}", "metadata.a"),
        ("{\"model\":\"m\",\"logit_bias\":{\"1\":\"x\"}," + Messages + "}", null),
        ("{\"model\":\"m\",\"top_k\":1e400," + Messages + "}", "top_k"),
        ("{\"model\":\"m\",\"parallel_tool_calls\":\"no\"," + Messages + "}", "parallel_tool_calls"),
        ("{\"model\":\"m\",\"response_format\":{\"type\":\"xml\"}," + Messages + "}", "response_format.type"),
        ("{\"model\":\"m\",\"response_format\":{\"type\":\"json_schema\"}," + Messages + "}", "response_format.json_schema.schema"),
    ];

    private static readonly string[] PrivateUrls =
    [
        "http://127.0.0.1/a.png", "https://127.0.0.1:8443/a.png", "https://127.1/a.png", "http://2130706433/a.png", "http://0x7f000001/a.png",
        "http://0177.0.0.1/a.png", "https://localhost/a.png", "https://LOCALHOST./a.png", "https://x.localhost/a.png", "https://127.0.0.1./a.png",
        "https://10.0.0.1/a.png", "https://172.16.5.4/a.png", "https://192.168.1.1/a.png", "https://100.64.0.1/a.png",
        "http://169.254.169.254/latest/meta-data", "https://metadata.google.internal/x", "https://metadata.google.internal./x", "http://metadata/x",
        "https://[::1]/a.png", "https://[::]/a.png", "https://[fe80::1]/a.png", "https://[fe80::1%25eth0]/a.png", "https://[fd00::1]/a.png",
        "https://[::ffff:127.0.0.1]/a.png", "https://[::ffff:a9fe:a9fe]/a.png", "https://[64:ff9b::7f00:1]/a.png", "https://[2002:7f00:1::]/a.png",
        "https://0.0.0.0/a.png", "https://printer.local/a.png", "https://user@127.0.0.1/a.png", "https://example.com@127.0.0.1/a.png",
        "file:///etc/passwd", "ftp://example.com/a.png", "gopher://example.com/a", "javascript:alert(1)", "//127.0.0.1/a.png", "a.png", "",
        "https://example.com\\\\@127.0.0.1/a.png", "https://１２７.０.０.１/a.png", "https://127。0。0。1/a.png", "http://exa\\tmple.com\\n/a.png",
    ];

    public static TheoryData<string> Wires => [.. Lanes.Wires];

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Body_NotAChatCompletionRequest_NamesTheParameter(string wire)
    {
        var target = new Target(wire, "c2");
        await using var bench = await fixture.StartAsync(target);
        foreach (var (body, param) in wire == "openai" ? Bad : [.. Bad, .. BadForTranslation])
        {
            var seen = await bench.PostAsync(body);

            Assert.True(seen.Status is 400 or 404, $"{seen.Status} for {body}");
            seen.AssertErrorObject();
            Assert.True(seen.ErrorParam == param || (param is null && wire != "openai"), $"'{seen.ErrorParam}' instead of '{param}' for {body}");
            Assert.Null(seen.Header("x-evil"));
        }
        Assert.Empty(bench.ReceivedBy(target));
        Assert.All(await bench.RowsAsync(), row => Assert.Equal(("failed", 400, 0), (row.Status, row.HttpStatus, row.Attempts)));
        (await bench.AskAsync(stream: false)).AssertWhole();
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Body_HalfASurrogateAnywhere_NeverAServerError(string wire)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, "c2"));
        foreach (var field in new[] { "user", "stop", "reasoning_effort", "tool_choice", "service_tier", "unknown_field", "metadata", "thinking", "extra_body" })
        {
            foreach (var value in new[] { "\"\\ud800\"", "{\"type\":\"\\ud800\",\"\\udc00\":\"\\ud800x\"}", "[\"\\ud800\"]" })
            {
                await AssertClientErrorOrAnswerAsync(bench, $$"""{"model":"m","{{field}}":{{value}},{{Messages}}}""");
            }
        }
        foreach (var message in new[]
        {
            """{"role":"user","content":"\ud800"}""",
            """{"role":"user","content":[{"type":"text","text":"\ud800"}]}""",
            """{"role":"user","content":[{"type":"\ud800","text":"x"}]}""",
            """{"role":"user","content":"x","name":"\ud800"}""",
            """{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"\ud800","type":"function","function":{"name":"\ud800","arguments":"{\"a\":\"\ud800\"}"}}]},{"role":"tool","tool_call_id":"\ud800","content":"{\"b\":\"\ud800\"}"}""",
            """{"role":"user","content":"x"},{"role":"assistant","content":"y","thinking_blocks":[{"type":"thinking","thinking":"\ud800","signature":"\ud800"}],"extra_content":{"tollgate":{"origin":"\ud800"}}},{"role":"user","content":"z"}""",
        })
        {
            await AssertClientErrorOrAnswerAsync(bench, $$"""{"model":"m","messages":[{{message}}]}""");
        }
        foreach (var parameters in new[] { "{\"type\":\"\\ud800\"}", "{\"$ref\":\"\\ud800\"}", "{\"enum\":[\"\\ud800\"],\"properties\":{\"\\ud800\":{\"type\":\"string\"}},\"required\":[\"\\ud800\"]}" })
        {
            await AssertClientErrorOrAnswerAsync(bench, $$$"""{"model":"m","tools":[{"type":"function","function":{"name":"f","description":"\ud800","parameters":{{{parameters}}}}}],{{{Messages}}}}""");
            await AssertClientErrorOrAnswerAsync(bench, $$$"""{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{{{parameters}}}}},{{{Messages}}}}""");
        }
        await bench.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Body_TenThousandNestedArrays_400(string wire)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, "c2"));
        var nested = new string('[', 10_000) + new string(']', 10_000);

        foreach (var body in new[] { nested, $$"""{"model":"m","x":{{nested}},{{Messages}}}""", $$"""{"model":"m","messages":{{nested}}}""", $$"""{"model":"m","tools":{{nested}},{{Messages}}}""" })
        {
            var seen = await bench.PostAsync(body);
            Assert.Equal(400, seen.Status);
            seen.AssertErrorObject();
        }
        await bench.AssertAliveAsync();
    }

    [Fact]
    public async Task Body_InvalidUtf8_400()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        var body = Encoding.UTF8.GetBytes(Bench.Body(stream: false));
        foreach (var bad in new byte[] { 0x80, 0xC0, 0xE2, 0xED, 0xF8, 0xFF })
        {
            var broken = body.ToArray();
            broken[Array.IndexOf(broken, (byte)'f', 40)] = bad;
            (await PostAsync(bench, broken)).AssertError(400, "invalid_json");
        }
        (await PostAsync(bench, Encoding.Unicode.GetBytes(Bench.Body(stream: false)))).AssertError(400, "invalid_json");
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task ImageUrl_OutsideThePublicInternet_RefusedBeforeAnyUpstream(string wire)
    {
        var target = new Target(wire, "c2");
        await using var bench = await fixture.StartAsync(target);
        foreach (var url in PrivateUrls)
        {
            foreach (var name in new[] { "image_url", "image\\u005furl" })
            {
                var seen = await bench.PostAsync($$$"""{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","{{{name}}}":{"url":"{{{url}}}"}}]}]}""");
                Assert.True(seen.Status == 400, $"{seen.Status} for {url}");
                Assert.Equal("messages[0].content[1].image_url.url", seen.ErrorParam);
                seen.AssertErrorObject();
            }
        }
        Assert.Empty(bench.ReceivedBy(target));
    }

    [Fact]
    public async Task Body_LongerThanAnnouncedLimit_413BeforeItIsRead()
    {
        await using var bench = await StartSmallAsync(new Target("openai", "c2"));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bench.Address.Host, bench.Address.Port);
        // Not a byte of the body is sent.
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {Bench.Path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {Bench.Key}\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n"));

        var (head, body) = await ReadAnswerAsync(socket);

        Assert.StartsWith("HTTP/1.1 413 ", head, StringComparison.Ordinal);
        Assert.Contains("request_too_large", body, StringComparison.Ordinal);
        await bench.AssertAliveAsync();
    }

    [Fact]
    public async Task Body_LongerThanLimitInChunks_413()
    {
        var target = new Target("openai", "c2");
        await using var bench = await StartSmallAsync(target);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bench.Address.Host, bench.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {Bench.Path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {Bench.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n{new string(' ', 0x800)}\r\n"));

        var (head, body) = await ReadAnswerAsync(socket);

        Assert.StartsWith("HTTP/1.1 413 ", head, StringComparison.Ordinal);
        Assert.Contains("request_too_large", body, StringComparison.Ordinal);
        Assert.Empty(bench.ReceivedBy(target));
        await bench.AssertAliveAsync();
    }

    [Fact]
    public async Task Body_MalformedChunks_400()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bench.Address.Host, bench.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {Bench.Path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {Bench.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n"));

        var (head, body) = await ReadAnswerAsync(socket);

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Contains("\"error\"", body, StringComparison.Ordinal);
        await bench.AssertAliveAsync();
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task Names_WithLineBreaks_NeverReachAHeader(string wire)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, "c2"));

        var seen = await bench.PostAsync($$"""{"model":"m","a\r\nx-evil: 1":1,"ü":2,"{{new string('y', 5000)}}":3,"seed_":4,"user":"u\r\nx-evil: 1",{{Messages}}}""");

        seen.AssertWhole();
        Assert.Null(seen.Header("x-evil"));
        var dropped = seen.Header("x-tollgate-dropped-params")!;
        Assert.Contains("seed_", dropped, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", dropped, StringComparison.Ordinal);
        Assert.InRange(dropped.Length, 1, 500);
    }

    [Fact]
    public async Task Names_ByTheThousand_HeaderStaysShort()
    {
        await using var bench = await fixture.StartAsync(new Target("anthropic", "c2"));
        var names = string.Concat(Enumerable.Range(0, 5000).Select(i => $"\"unknown_parameter_number_{i}\":1,"));

        var seen = await bench.PostAsync("{\"model\":\"m\"," + names + Messages + "}");

        seen.AssertWhole();
        Assert.InRange(seen.Header("x-tollgate-dropped-params")!.Length, 1, 8_000);
    }

    [Fact]
    public async Task Key_MissingUnknownOrOverlong_401()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        (string? Name, string? Value)[] bad =
        [
            (null, null), ("Authorization", "Bearer wrong-key-wrong-key"), ("Authorization", "Bearer "), ("Authorization", "Bearer"), ("Authorization", "Basic dDp0"),
            ("Authorization", $"Bearer {new string('k', 300)}"), ("Authorization", $"Bearer {new string('k', 20_000)}"), ("Authorization", Bench.Key),
            ("api-key", ""), ("api-key", "wrong"), ("x-api-key", "wrong"), ("x-api-key", new string('k', 257)), ("Authorization", $"Bearer {Bench.Key} x"),
        ];
        foreach (var (name, value) in bad)
        {
            foreach (var path in new[] { Bench.Path, "/openai/deployments/m/chat/completions" })
            {
                var seen = await SendAsync(bench, path, request => Add(request, name, value));
                Assert.Equal(401, seen.Status);
                seen.AssertErrorObject();
                Assert.True(seen.ErrorCode is "missing_api_key" or "invalid_api_key");
                Assert.DoesNotContain("kkk", seen.Text, StringComparison.Ordinal);
            }
        }
        Assert.Empty(await bench.RowsAsync());
    }

    [Fact]
    public async Task Key_InSeveralHeaders_TheRightOneOrNone()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));

        (await SendAsync(bench, Bench.Path, request => { Add(request, "api-key", Bench.Key); })).AssertWhole();
        (await SendAsync(bench, Bench.Path, request => { Add(request, "x-api-key", Bench.Key); })).AssertWhole();
        (await SendAsync(bench, Bench.Path, request => { Add(request, "Authorization", $"Bearer {Bench.Key}"); Add(request, "api-key", "wrong"); })).AssertWhole();
        (await SendAsync(bench, Bench.Path, request => { Add(request, "Authorization", "Bearer wrong"); Add(request, "api-key", Bench.Key); })).AssertError(401, "invalid_api_key");
        var twice = await SendAsync(bench, Bench.Path, request =>
        {
            Add(request, "x-api-key", Bench.Key);
            Add(request, "x-api-key", "wrong");
        });
        twice.AssertErrorObject();
        Assert.Equal(401, twice.Status);
    }

    [Theory]
    [InlineData(null, 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=iso-8859-1", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/json; charset=\"UTF-8\"", 200)]
    [InlineData("APPLICATION/JSON", 200)]
    public async Task MediaType_OnlyJsonInUtf8(string? type, int status)
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Bench.Body(stream: false)));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        var seen = await bench.PostAsync(content);

        Assert.Equal(status, seen.Status);
        if (status != 200)
        {
            seen.AssertError(415, "unsupported_media_type");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, identity")]
    public async Task Compressed_415(string encoding)
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        using var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Bench.Body(stream: false)));
        }
        var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        (await bench.PostAsync(content)).AssertError(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("PUT", "/v1/chat/completions", 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    [InlineData("POST", "/v1/usage", 405)]
    [InlineData("OPTIONS", "/v1/chat/completions", 405)]
    [InlineData("TRACE", "/v1/chat/completions", 405)]
    [InlineData("POST", "/v1/chat/completion", 404)]
    [InlineData("POST", "/", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("POST", "/v1/chat/completions/extra", 404)]
    [InlineData("GET", "/v1/models/unknown%0d%0ax-evil:1", 404)]
    [InlineData("GET", "/v1/models/no/such/model", 404)]
    [InlineData("GET", "/..%2f..%2fetc/passwd", 404)]
    [InlineData("GET", "/v1/usage?from=never", 400)]
    [InlineData("GET", "/v1/usage?from=2026-11-02&to=2026-11-01", 400)]
    [InlineData("GET", "/v1/usage?from=2026-11-02&group_by=colour", 400)]
    [InlineData("GET", "/v1/admin/usage", 404)]
    [InlineData("GET", "/v1/usage?from=0001-01-01T00:00:00%2B14:00", 400)]
    [InlineData("POST", "/openai/deployments/unknown/chat/completions?api-version=2024-10-21", 404)]
    [InlineData("POST", "/openai/deployments/%20/chat/completions", 404)]
    [InlineData("POST", "/openai/deployments/m%0d%0ax-evil:1/chat/completions", 404)]
    public async Task Address_UnknownOrWrongMethod_ErrorObject(string method, string path, int status)
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST")
        {
            request.Content = new StringContent(Bench.Body(stream: false), Encoding.UTF8, "application/json");
        }
        using var response = await bench.Client.SendAsync(request);

        var seen = await Seen.ReadAsync(response, CancellationToken.None);

        Assert.Equal(status, seen.Status);
        seen.AssertErrorObject();
        Assert.Null(seen.Header("x-evil"));
    }

    [Fact]
    public async Task Address_QueryString_IsIgnored()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c2"));

        (await bench.PostAsync(Bench.Body(stream: false), "/v1/chat/completions?x=1&x=%00&model=other")).AssertWhole();
        (await bench.PostAsync(Bench.Body(stream: false), "/openai/deployments/m/chat/completions?api-version=%0d%0a")).AssertWhole();
    }

    private static async Task AssertClientErrorOrAnswerAsync(Bench bench, string body)
    {
        var seen = await bench.PostAsync(body);
        Assert.True(seen.Status is 200 or (>= 400 and < 500), $"{seen.Status} for {body}: {seen.Text}");
        if (seen.Status != 200)
        {
            seen.AssertErrorObject();
        }
    }

    private Task<Bench> StartSmallAsync(Target target) => fixture.StartAsync(new BenchOptions { Configure = config => config["maxRequestBytes"] = 1024 }, target);

    private static async Task<Seen> PostAsync(Bench bench, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await bench.PostAsync(content);
    }

    private static void Add(HttpRequestMessage request, string? name, string? value)
    {
        if (name is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static async Task<Seen> SendAsync(Bench bench, string path, Action<HttpRequestMessage> change)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = bench.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(Bench.Body(stream: false), Encoding.UTF8, "application/json") };
        change(request);
        using var response = await client.SendAsync(request);
        return await Seen.ReadAsync(response, CancellationToken.None);
    }

    private static async Task<(string Head, string Body)> ReadAnswerAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(FaultFixture.Patience);
        var (text, buffer) = (new StringBuilder(), new byte[8192]);
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, patience.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var parts = text.ToString().Split("\r\n\r\n", 2);
            if (count == 0 || (parts.Length == 2 && parts[1].EndsWith("}}", StringComparison.Ordinal)))
            {
                return (parts[0], parts.ElementAtOrDefault(1) ?? "");
            }
        }
    }
}
