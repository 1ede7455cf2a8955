using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NJsonSchema;
using Tollgate.Admission;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Configuration;

/// <summary>The schema that editors check <c>gateway.json</c> with says what the code says.</summary>
public sealed class GatewaySchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(Text())!.AsObject();

    /// <summary>The library knows <c>$defs</c> by its older name only.</summary>
    private static readonly Task<JsonSchema> Validator = JsonSchema.FromJsonAsync(Text().Replace("$defs", "definitions", StringComparison.Ordinal));

    public static TheoryData<string> Nodes => [.. Types().Select(type => type.Name)];

    public static TheoryData<string> Refusable => [.. ConfigValidatorTests.Rules.Select(rule => Samples.With((string)rule[0], (string?)rule[1])).Concat(ConfigValidatorTests.WrongTypes.Select(rule => Samples.With((string)rule[0], (string)rule[1])))];

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Properties_OfEveryConfigType_AreTheSchemas(string name)
    {
        var type = Types().Single(type => type.Name == name);
        var described = Described(type);
        var properties = ConfigJson.Default.GetTypeInfo(type)!.Properties.Where(property => !property.IsExtensionData).ToArray();
        Assert.Equal(properties.Select(property => property.Name).Order(StringComparer.Ordinal), described["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.False((bool)described["additionalProperties"]!);
        Assert.All(properties, property => Assert.Equal(JsonTypesOf(property), JsonTypesOf(described["properties"]![property.Name]!.AsObject())));
    }

    [Fact]
    public void Defs_WithProperties_AreTheConfigTypes() => Assert.Equal(
        Types().Where(type => type != typeof(GatewayConfig)).Select(DefOf).Order(StringComparer.Ordinal),
        Schema["$defs"]!.AsObject().Where(def => def.Value!["properties"] is not null).Select(def => def.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Enums_AreTheCodes()
    {
        Assert.Equal(ConfigValidator.Kinds, Enum("provider", "kind"));
        Assert.Equal(Limit.Units, Enum("limit", "unit"));
        Assert.Equal(Limit.Windows, Enum("limit", "window"));
        Assert.Equal(Strategies.Words, Enum("tier", "strategy"));
        Assert.Equal(ContentFilterPolicies.Words, Enum("tenant", "onContentFilter"));
        Assert.Equal(Limit.Scopes, Enum("limit", "scope"));
        Assert.Equal(OutagePolicies.Words, Enum("tenant", "onBudgetOutage"));
        Assert.Equal(OutagePolicies.Words, Enum("tenant", "onLedgerOutage"));
        Assert.Equal($"^({string.Join('|', ServiceTiers.Priced)})$", Assert.Single(Schema["$defs"]!["price"]!["properties"]!["tiers"]!["patternProperties"]!.AsObject()).Key);
        Assert.Equal(CapabilityWords.All, Schema["$defs"]!["deployment"]!["properties"]!["capabilities"]!["items"]!["enum"]!.AsArray().Select(word => (string)word!));
    }

    [Fact]
    public void Schema_IsOfDraft202012_AndSaysSomethingOfEverySetting()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)Schema["$schema"]);
        Assert.All(Types().SelectMany(type => Described(type)["properties"]!.AsObject()), property => Assert.NotNull(
            (string?)property.Value!["description"] ?? (string?)Schema["$defs"]![((string)property.Value["$ref"]!)["#/$defs/".Length..]]!["description"]));
    }

    [Theory]
    [InlineData(Samples.Sound)]
    [InlineData("""{ "providers": { "o": { "kind": "openai", "endpoint": "http://localhost:8080" } }, "deployments": { "d": { "provider": "o", "model": "m" } }, "models": { "m": { "tiers": [ { "targets": ["d"] } ] } } }""")]
    [InlineData("""{ "providers": { "o": { "kind": "openai", "endpoint": "http://[::1]:8080/v1/" } }, "deployments": { "d": { "provider": "o", "model": "m" } }, "models": { "m": { "tiers": [ { "targets": ["d"] } ] } } }""")]
    public async Task Sound_IsTakenByBoth(string json)
    {
        Assert.Null(CodesProblem(json));
        Assert.Empty((await Validator).Validate(json));
    }

    [Theory]
    [MemberData(nameof(Refusable))]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{ "providers": {}, "deployments": {}, "models": {} }""")]
    public async Task Broken_IsRefusedByBoth(string json)
    {
        Assert.NotNull(CodesProblem(json));
        Assert.NotEmpty((await Validator).Validate(json));
    }

    [Fact]
    public async Task BrokenHash_IsRefusedByBoth()
    {
        var json = Samples.With("tenants acme keys ci", "\"sha256:xyz\"");
        Assert.NotNull(CodesProblem(json));
        Assert.NotEmpty((await Validator).Validate(json));
    }

    [Theory]
    [MemberData(nameof(ConfigValidatorTests.References), MemberType = typeof(ConfigValidatorTests))]
    public async Task Reference_IsTheCodesToCheckAlone(string path, string? json, string problem)
    {
        Assert.Contains(problem, CodesProblem(Samples.With(path, json)), StringComparison.Ordinal);
        Assert.Empty((await Validator).Validate(Samples.With(path, json)));
    }

    private static string? CodesProblem(string json)
    {
        try
        {
            _ = new ConfiguredTenants(ConfigReader.Read(Encoding.UTF8.GetBytes(json), "test"), new EnvironmentCredentials(name => $"sk-0123456789abcdef-{name}"));
            return null;
        }
        catch (ConfigurationException refused)
        {
            return refused.Message;
        }
    }

    private static IEnumerable<Type> Types() => typeof(ConfigNode).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ConfigNode)) && !type.IsAbstract);

    private static string DefOf(Type type) => JsonNamingPolicy.CamelCase.ConvertName(type.Name[..^"Config".Length]);

    private static JsonObject Described(Type type) => type == typeof(GatewayConfig) ? Schema : Schema["$defs"]![DefOf(type)]!.AsObject();

    private static IEnumerable<string> Enum(string def, string property) =>
        Schema["$defs"]![def]!["properties"]![property]!["enum"]!.AsArray().Select(word => (string)word!);

    private static string JsonTypesOf(JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return property.AttributeProvider?.GetCustomAttributes(inherit: false).Any(attribute => attribute is System.Text.Json.Serialization.JsonConverterAttribute) == true ? "array,string"
            : type == typeof(string) ? "string"
            : type == typeof(bool) ? "boolean"
            : type == typeof(int) || type == typeof(long) ? "integer"
            : type == typeof(decimal) ? "number"
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? "array"
            : "object";
    }

    private static string JsonTypesOf(JsonObject described)
    {
        if (described["$ref"] is { } reference)
        {
            return JsonTypesOf(Schema["$defs"]![((string)reference!)["#/$defs/".Length..]]!.AsObject());
        }
        return described["anyOf"] is JsonArray either && described["type"] is null
            ? string.Join(',', either.Select(one => JsonTypesOf(one!.AsObject())).Order(StringComparer.Ordinal))
            : (string?)described["type"] ?? "string";
    }

    private static string Text()
    {
        using var reader = new StreamReader(typeof(ConfigNode).Assembly.GetManifestResourceStream("gateway.schema.json")!);
        return reader.ReadToEnd();
    }
}
