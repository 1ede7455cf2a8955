using System.Text.Json;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class StructuredOutputTests(GatewayFixture gateway)
{
    private static readonly BinaryData Schema = BinaryData.FromString("""
        {
          "type": "object",
          "properties": {
            "name": { "type": "string" },
            "size": { "type": "string", "enum": ["small", "large"] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "maker": { "anyOf": [{ "$ref": "#/$defs/maker" }, { "type": "null" }] }
          },
          "required": ["name", "size", "tags", "maker"],
          "additionalProperties": false,
          "$defs": {
            "maker": {
              "type": "object",
              "properties": { "country": { "type": "string" }, "founded": { "type": "integer" } },
              "required": ["country", "founded"],
              "additionalProperties": false
            }
          }
        }
        """);

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_JsonSchema_AnswersWithAValidProduct(string wire)
    {
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("product", Schema, jsonSchemaIsStrict: true) };

        ChatCompletion completion = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync([new UserChatMessage("Describe a product.")], options);

        var product = JsonSerializer.Deserialize<Product>(completion.Content[0].Text, Strict);
        Assert.NotNull(product);
        Assert.Contains(product.Size, new[] { "small", "large" });
        Assert.NotEmpty(product.Tags);
        Assert.NotEmpty(product.Maker!.Country);
    }

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private sealed record Product(string Name, string Size, string[] Tags, Maker? Maker);

    private sealed record Maker(string Country, int Founded);
}
