using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class IntakeReaderTests
{
    private const string Config = """
        { "providers": { "o": { "kind": "openai", "endpoint": "https://api.openai.com/v1" } },
          "deployments": { "d": { "provider": "o", "model": "gpt-4o" } },
          "models": { "m": { "tiers": [ { "targets": ["d"] } ] }, "other": { "tiers": [ { "targets": ["d"] } ] } } }
        """;

    private static readonly int Length = Some.Body.Length;

    private static readonly Tenant UserLimits = new("acme") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 2) { Scope = LimitScope.User }] };

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/vnd.openai+json")]
    public async Task ReadAsync_JsonInUtf8_IsTaken(string contentType)
    {
        using var call = await ReadAsync(Some.Http(Some.Body, contentType));
        Assert.Equal("m", call.Route.Name);
        Assert.Equal(Length, call.Body.Length);
        Assert.Equal(Some.Now, call.ReceivedAt);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "br")]
    public async Task ReadAsync_AnythingElse_Is415(string? contentType, string? encoding)
    {
        var http = Some.Http(Some.Body, contentType);
        http.Request.Headers.ContentEncoding = encoding;
        Assert.Equal((415, "unsupported_media_type"), await RefusedAsync(http));
    }

    [Fact]
    public async Task ReadAsync_IdentityEncoding_IsNoEncoding()
    {
        var http = Some.Http(Some.Body);
        http.Request.Headers.ContentEncoding = "identity";
        using var call = await ReadAsync(http);
        Assert.Equal(Length, call.Body.Length);
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0, false, false)]
    [InlineData(-1, true, true)]
    [InlineData(-1, false, true)]
    public async Task ReadAsync_BodyAtItsLimit_IsTakenAndOneByteMoreIs413(int room, bool announced, bool refused)
    {
        var http = Some.Http(Some.Body);
        http.Request.ContentLength = announced ? Length : null;
        if (refused)
        {
            Assert.Equal((413, "request_too_large"), await RefusedAsync(http, limit: Length + room));
            Assert.Equal("close", http.Response.Headers.Connection);
            return;
        }
        using var call = await ReadAsync(http, limit: Length + room);
        Assert.Equal(Length, call.Body.Length);
    }

    [Fact]
    public async Task ReadAsync_AnnouncedTooLong_IsRefusedBeforeItIsRead()
    {
        var http = Some.Http(Some.Body);
        http.Request.ContentLength = long.MaxValue;
        await RefusedAsync(http);
        Assert.Equal(0, http.Request.Body.Position);
    }

    [Fact]
    public async Task ReadAsync_LyingLength_IsReadToItsEnd()
    {
        var http = Some.Http(Some.Body);
        http.Request.ContentLength = 3;
        http.Request.Body = new ShortReads(System.Text.Encoding.UTF8.GetBytes(Some.Body), 7);
        using var call = await ReadAsync(http);
        Assert.Equal(Length, call.Body.Length);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", null, 400, "missing_required_parameter")]
    [InlineData("""{"model":"","messages":[{"role":"user","content":"x"}]}""", null, 400, "missing_required_parameter")]
    [InlineData("""{"model":"nope","messages":[{"role":"user","content":"x"}]}""", null, 404, "model_not_found")]
    [InlineData(Some.Body, "nope", 404, "model_not_found")]
    [InlineData("""{"model":"other","messages":[{"role":"user","content":"x"}]}""", null, 404, "model_not_found")]
    public async Task ReadAsync_ModelThatIsNotThere_OrNotForThisTenant_IsRefused(string body, string? pathModel, int status, string code) =>
        Assert.Equal((status, code), await RefusedAsync(Some.Http(body), pathModel: pathModel));

    [Fact]
    public async Task ReadAsync_ModelInThePath_WinsOverTheBodys()
    {
        using var call = await ReadAsync(Some.Http("""{"model":"nope","messages":[{"role":"user","content":"x"}]}"""), pathModel: "m");
        Assert.Equal("m", call.Route.Name);
    }

    [Theory]
    [InlineData("true", false, true)]
    [InlineData("false", false, false)]
    [InlineData(null, true, true)]
    [InlineData("false", true, true)]
    [InlineData(null, false, false)]
    public async Task ReadAsync_Strict_IsTheCallersOrTheTenantsWish(string? header, bool tenant, bool expected)
    {
        var http = Some.Http(Some.Body);
        http.Request.Headers[GatewayHeaders.Strict] = header;
        using var call = await ReadAsync(http, strict: tenant);
        Assert.Equal(expected, call.Strict);
    }

    [Theory]
    [InlineData("""{"user":"ann"}""", null, "ann")]
    [InlineData("""{"user":"\u0061nn"}""", null, "ann")]
    [InlineData("""{"user":"ann"}""", "bob", "bob")]
    [InlineData("{}", "bob", "bob")]
    [InlineData("""{"user":"ann"}""", "", "ann")]
    [InlineData("""{"user":null}""", null, "")]
    [InlineData("{}", null, "")]
    public async Task ReadAsync_UserLimits_ChargeTheHeadersUserElseTheBodys(string extra, string? header, string user)
    {
        var caller = new Caller(UserLimits, "dev");
        using var call = await ReadAsync(WithUser(extra, header), tenant: UserLimits);
        Assert.Equal(caller.ScopesWith(user).Select(scope => scope.Id), call.Scopes.Select(scope => scope.Id));
        Assert.Equal(LimitScope.User, call.Scopes[^1].Kind);
    }

    [Theory]
    [InlineData(256, null, null, null)]
    [InlineData(257, null, "user", "'user' has 257 characters; the longest has 256.")]
    [InlineData(0, "a\tb", "x-tollgate-user", "'x-tollgate-user' holds a control character.")]
    [InlineData(300, "ann", null, null)]
    public async Task ReadAsync_UserThatIsNoName_IsRefusedAndNamed(int length, string? header, string? param, string? message)
    {
        var http = WithUser($"{{\"user\":\"{new string('u', length)}\"}}", header);
        if (param is null)
        {
            using var call = await ReadAsync(http, tenant: UserLimits);
            return;
        }
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(http, tenant: UserLimits));
        Assert.Equal((400, param, "invalid_value", message), (thrown.Status, thrown.Param, thrown.Code, thrown.Message));
    }

    [Fact]
    public async Task ReadAsync_UserWithAControlCharacterInTheBody_IsRefused() => Assert.Equal(
        "user", (await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(WithUser("""{"user":"a\u0000b"}""", null), tenant: UserLimits))).Param);

    [Fact]
    public async Task ReadAsync_UserHeaderTwice_IsRefused()
    {
        var http = Some.Http(Some.Body);
        http.Request.Headers[GatewayHeaders.User] = new(["ann", "bob"]);
        Assert.Equal("x-tollgate-user", (await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(http, tenant: UserLimits))).Param);
    }

    [Fact]
    public async Task ReadAsync_TenantWithoutUserLimits_NoNameIsRefused()
    {
        using var call = await ReadAsync(WithUser($"{{\"user\":\"{new string('u', 300)}\"}}", "a\tb"));
        Assert.Same(call.Caller.Scopes, call.Scopes);
    }

    /// <summary>What the call's row says of its user, whether or not the tenant limits users.</summary>
    [Theory]
    [InlineData("""{"user":"ann"}""", "bob", "bob")]
    [InlineData("""{"user":"\u0061nn 公司😀"}""", "", "ann 公司😀")]
    [InlineData("""{"user":""}""", null, null)]
    [InlineData("""{"user":null}""", null, null)]
    [InlineData("{}", null, null)]
    public async Task ReadAsync_User_IsTheHeadersElseTheBodys(string extra, string? header, string? user)
    {
        foreach (var tenant in new[] { UserLimits, null })
        {
            using var call = await ReadAsync(WithUser(extra, header), tenant: tenant);
            Assert.Equal(user, call.User);
        }
    }

    [Theory]
    [InlineData("a\tb", null)]
    [InlineData("a\u0085b", null)]
    [InlineData("256 x", "256 x")]
    [InlineData("257 x", "256 x")]
    [InlineData("255 x\ud83d\ude00", "255 x")]
    [InlineData("254 x\ud83d\ude00", "254 x\ud83d\ude00")]
    [InlineData("100000 x", "256 x")]
    public async Task ReadAsync_UserWithoutALimit_IsCutOrLeftOut(string user, string? kept)
    {
        var (name, expected) = (Long(user), kept is null ? null : Long(kept));
        using var inHeader = await ReadAsync(WithUser("{}", name));
        using var inBody = await ReadAsync(WithUser($"{{\"user\":{System.Text.Json.JsonSerializer.Serialize(name)}}}", null));
        Assert.Equal((expected, expected), (inHeader.User, inBody.User));

        static string Long(string text) => text.Split(' ') is [var count, var rest] ? new string('x', int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)) + rest[1..] : text;
    }

    [Fact]
    public async Task ReadAsync_UserHeaderTwiceWithoutALimit_IsLeftOut()
    {
        var http = WithUser("""{"user":"ann"}""", null);
        http.Request.Headers[GatewayHeaders.User] = new(["ann", "bob"]);
        using var call = await ReadAsync(http);
        Assert.Null(call.User);
    }

    private static DefaultHttpContext WithUser(string extra, string? header)
    {
        var http = Some.Http(extra == "{}" ? Some.Body : $"{extra[..^1]},{Some.Body[1..]}");
        http.Request.Headers[GatewayHeaders.User] = header;
        return http;
    }

    private static async Task<(int, string?)> RefusedAsync(HttpContext http, int limit = 1 << 20, string? pathModel = null)
    {
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(() => ReadAsync(http, limit, pathModel));
        return (thrown.Status, thrown.Code);
    }

    private static async Task<IncomingCall> ReadAsync(HttpContext http, int limit = 1 << 20, string? pathModel = null, bool strict = false, Tenant? tenant = null)
    {
        var config = ConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(Config), "test");
        var topology = new Topology(config, ModelCatalogue.Load(), [new OpenAiProvider()], Some.Roster(config), TimeProvider.System);
        var reader = new IntakeReader(topology, new GatewayLimits(limit), new FakeTimeProvider(Some.Now));
        tenant ??= new Tenant("acme") { Strict = strict, Models = new HashSet<string>(StringComparer.Ordinal) { "m" } };
        return await reader.ReadAsync(http, RequestId.New(Some.Now), new Caller(tenant, "dev"), pathModel);
    }
}
