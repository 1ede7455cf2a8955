using System.Text.Json;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ImageTests(GatewayFixture gateway)
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_ImageAsBytes_ReachesTheModelWithItsType(string wire)
    {
        var strings = await AskAsync(wire, ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Convert.FromBase64String(Png)), "image/png"));

        // The OpenAI wire keeps the data URI, the others have type and data apart.
        Assert.True(strings.Contains($"data:image/png;base64,{Png}") || (strings.Contains(Png) && strings.Contains("image/png")), string.Join('\n', strings));
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_ImageByUrl_ReachesTheModel(string wire)
    {
        const string Url = "https://images.example.com/cat.png";

        var strings = await AskAsync(wire, ChatMessageContentPart.CreateImagePart(new Uri(Url)));

        // Claude on Vertex takes images inline only: there the gateway fetches them.
        Assert.Contains(wire == "vertex-claude" ? Convert.ToBase64String(FetchedImages.Bytes) : Url, strings);
    }

    /// <summary>All strings of the request that the question became upstream.</summary>
    private async Task<List<string>> AskAsync(string wire, ChatMessageContentPart image)
    {
        var marker = NuGetClient.Marker();
        ChatCompletion completion = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync([new UserChatMessage(ChatMessageContentPart.CreateTextPart(marker), image)]);
        Assert.Equal(Wire.Answer(Wire.Upstream(wire, "text"), 1).Replace("1 words", "1 word", StringComparison.Ordinal), completion.Content[0].Text);
        using var body = JsonDocument.Parse((await gateway.UpstreamAsync(marker)).Body);
        return [.. Strings(body.RootElement)];
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };
}
