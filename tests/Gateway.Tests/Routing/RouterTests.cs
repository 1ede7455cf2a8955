using Microsoft.Extensions.Time.Testing;
using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Providers.Anthropic;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private readonly FakeTimeProvider time = new(Some.Now);

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.com/a"}}""", "", (int)Capabilities.Vision, "messages[0].content[0].image_url")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"AA"}}""", "", (int)Capabilities.Audio, "messages[0].content[0].input_audio")]
    [InlineData("""{"type":"file","file":{"file_id":"f"}}""", "", (int)Capabilities.Pdf, "messages[0].content[0].file")]
    [InlineData("""{"type":"text","text":"x"}""", "\"tools\":[{}],", (int)Capabilities.Tools, "tools")]
    [InlineData("""{"type":"text","text":"x"}""", "\"response_format\":{\"type\":\"json_schema\"},", (int)Capabilities.JsonSchema, "response_format")]
    public void Plan_Need_IsMetByCapableDeploymentsOnly(string part, string member, int capability, string param)
    {
        var body = $"{{{member}\"messages\":[{{\"role\":\"user\",\"content\":[{part}]}}]}}";
        var able = Some.Deployment("able", Some.Profile((Capabilities)capability));
        var unable = Some.Deployment("unable", Some.Profile(~(Capabilities)capability));
        Assert.Equal(["able"], Plan(body, null, unable, able));

        var refused = Refused(body, null, unable);
        Assert.Equal((400, param, "unsupported_parameter"), (refused.Status, refused.Param, refused.Code));
    }

    [Fact]
    public void Plan_Prefill_IsAskedOfTranslatedModelsThatTakeItOnly()
    {
        const string Body = """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""";
        var wire = new AnthropicWire(AnthropicPlatform.Direct);
        var openAi = Some.Deployment("openai");
        var takes = Some.Deployment("takes", Some.Profile(Capabilities.Prefill), wire);
        var refuses = Some.Deployment("refuses", Some.Profile(~Capabilities.Prefill), wire);
        Assert.Equal(["openai", "takes"], Plan(Body, null, refuses, openAi, takes));
        Assert.Equal("messages[1]", Refused(Body, null, refuses).Param);
    }

    [Fact]
    public void Plan_Regions_BindEveryTarget()
    {
        var tenant = new Tenant("acme") { Regions = new HashSet<string>(StringComparer.Ordinal) { "eu" } };
        Assert.Equal(["b"], Plan(Some.Body, tenant, Some.Deployment("a", region: "us"), Some.Deployment("b", region: "eu"), Some.Deployment("c")));
        var refused = Refused(Some.Body, tenant, Some.Deployment("a", region: "us"));
        Assert.Equal((403, "region_not_allowed", ErrorTypes.Permission), (refused.Status, refused.Code, refused.Type));
    }

    [Fact]
    public void Plan_Resting_ComeLastInTheirOrderAndComeBack()
    {
        Deployment[] all = [Some.Deployment("a"), Some.Deployment("b"), Some.Deployment("c"), Some.Deployment("d")];
        all[0].Health.Rest(time.GetUtcNow() + TimeSpan.FromSeconds(10));
        all[2].Health.Rest(time.GetUtcNow() + TimeSpan.FromSeconds(20));
        Assert.Equal(["b", "d", "a", "c"], Plan(Some.Body, null, all));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a", "b", "d", "c"], Plan(Some.Body, null, all));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a", "b", "c", "d"], Plan(Some.Body, null, all));
    }

    [Fact]
    public void Plan_OneThatRests_IsAskedAllTheSame()
    {
        var only = Some.Deployment("a");
        only.Health.Rest(time.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.Equal(["a"], Plan(Some.Body, null, only));
    }

    private IEnumerable<string> Plan(string body, Tenant? tenant, params Deployment[] deployments)
    {
        using var call = Some.Call(body, tenant, deployments);
        return new Router(time).Plan(call).Select(deployment => deployment.Name);
    }

    private CallerErrorException Refused(string body, Tenant? tenant, params Deployment[] deployments) =>
        Assert.Throws<CallerErrorException>(() => Plan(body, tenant, deployments));
}
