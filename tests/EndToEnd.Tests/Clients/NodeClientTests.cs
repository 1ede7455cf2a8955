using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Clients;

/// <summary>OpenAI's client for Node, whose tests are the scripts in the folder <c>node</c>.</summary>
[Collection(SharedGateway.Name)]
public sealed class NodeClientTests(GatewayFixture gateway)
{
    private static readonly string Folder = typeof(NodeClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "NodeFolder").Value!;

    [Theory]
    [InlineData("chat.mjs")]
    [InlineData("tools.mjs")]
    [InlineData("structured.mjs")]
    [InlineData("images.mjs")]
    [InlineData("reasoning.mjs")]
    [InlineData("sampling.mjs")]
    [InlineData("errors.mjs")]
    [InlineData("azure.mjs")]
    [InlineData("models.mjs")]
    public async Task Script_AgainstTheGateway_Passes(string script)
    {
        var (exitCode, output) = await RunAsync(script);

        Assert.True(exitCode == 0, output);
        Assert.Contains("# fail 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("# pass 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstScript_ForOpenAi_StreamsFromGemini()
    {
        var (exitCode, output) = await RunAsync("first-script.mjs");

        Assert.True(exitCode == 0, output);
        Assert.Equal(Wire.Answer("gemini-3-pro-preview", 11), output);
        var upstream = await gateway.UpstreamAsync("Explain serverless gateways");
        Assert.Equal("/v1beta/models/gemini-3-pro-preview:streamGenerateContent", upstream.Path);
        Assert.Equal(0.3, (double?)JsonNode.Parse(upstream.BodyText)!["generationConfig"]!["temperature"]);
    }

    private Task<(int ExitCode, string Output)> RunAsync(string script) => ChildProcess.RunAsync("node", [script], Folder, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["OPENAI_BASE_URL"] = new Uri(gateway.Address, "v1").AbsoluteUri,
        ["OPENAI_API_KEY"] = GatewayFixture.Key,
        ["NARROW_KEY"] = GatewayFixture.NarrowKey,
        ["EXHAUSTED_KEY"] = GatewayFixture.ExhaustedKey,
        ["SIMULATOR_URL"] = gateway.Simulator.BaseAddress.AbsoluteUri,
        ["TOLLGATE_WIRES"] = JsonSerializer.Serialize(Wire.ByScenario),
    });
}
