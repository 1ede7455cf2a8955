using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Intake;
using Tollgate.Routing;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

public sealed class PromptBoundsTests
{
    private const string Prose = "The gateway reserves the most that a call can use before it is sent, and gives back what was not used. ";

    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    private readonly PromptTokenizers tokenizers = new(Tokenizers.ExactFor);
    private readonly PromptBounds bounds;

    public PromptBoundsTests() => bounds = new PromptBounds(tokenizers);

    [Fact]
    public void Quick_SeveralTargets_IsTheLargestOfEachNumber()
    {
        var cheap = Some.Deployment("cheap", Some.Profile() with { MaxOutput = 9000, Prices = Some.Prices(new ModelPrice { Input = 1, Output = 2 }) });
        var dear = Some.Deployment("dear", Some.Profile() with { MaxOutput = 100, Prices = Some.Prices(new ModelPrice { Input = 3, Output = 15, CacheWrite1h = 6 }) });
        using var call = Some.Call("""{"n":2,"messages":[{"role":"user","content":"abc"},{"role":"user","content":"d"}]}""");
        var prompt = call.Scan.TextBytes + (2 * 8) + 256;
        Assert.Equal(new CallBound(prompt, 9000, 2, prompt * 6m, 15), PromptBounds.Quick(call, [cheap, dear]));
    }

    [Fact]
    public void Quick_LongContextPrice_GoesByThePromptOfThatTarget()
    {
        var haiku = Of("claude-haiku-5-5");
        using var call = Call(new string('x', 150_000));
        var bound = PromptBounds.Quick(call, [haiku]);
        Assert.Equal((bound.PromptTokens * 1m, 2.5m), (bound.PromptMicroUsd, bound.OutputRate));
    }

    [Theory]
    [InlineData("gpt-5.6-luna", 2 * 0.25)]
    [InlineData("gpt-6.2-astra", 10)]
    public void Quick_CacheWrites_ArePricedAsSuch(string model, double rate)
    {
        using var call = Call("hi");
        var bound = PromptBounds.Quick(call, [Of(model)]);
        Assert.Equal(bound.PromptTokens * (decimal)rate, bound.PromptMicroUsd);
    }
    [Theory]
    [InlineData("", null, 2)]
    [InlineData("\"service_tier\":\"auto\",", null, 2)]
    [InlineData("", "default", 1)]
    [InlineData("\"service_tier\":\"auto\",", "default", 1)]
    [InlineData("", "priority", 2)]
    [InlineData("\"service_tier\":\"default\",", null, 1)]
    [InlineData("\"service_tier\":\"flex\",", null, 1)]
    [InlineData("\"service_tier\":\"priority\",", "default", 2)]
    [InlineData("\"service_tier\":\"ultrafast\",", "default", 3)]
    [InlineData("\"service_tier\":\"unheard of\",", "default", 3)]
    public void Quick_Tier_IsTheDearestThatMayBeBilled(string asked, string? project, int times)
    {
        using var call = Some.Call("{" + asked + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        var price = new ModelPrice { Input = 1, Output = 10 };
        var target = new ModelPrice { Input = 1, Output = 10, Tiers = [new(ServiceTier.Flex, price.Multiplied(0.5m)), new(ServiceTier.Priority, price.Multiplied(2)), new(ServiceTier.Ultrafast, price.Multiplied(3))] };
        var bound = PromptBounds.Quick(call, [Some.Deployment("d", Some.Profile() with { Prices = Some.Prices(target) }, project: project)]);
        Assert.Equal((bound.PromptTokens * times, 10 * times), (bound.PromptMicroUsd, bound.OutputRate));
    }

    [Fact]
    public void Quick_Price_IsTheOneInForceWhenTheCallCame()
    {
        using var call = Call("hi");
        var book = new PriceBook("v", new DatedPrice(DateTimeOffset.MinValue, new ModelPrice { Input = 1, Output = 1 }), new DatedPrice(Some.Now, new ModelPrice { Input = 1, Output = 5 }), new DatedPrice(Some.Now.AddTicks(1), new ModelPrice { Input = 1, Output = 9 }));
        Assert.Equal(5, PromptBounds.Quick(call, [Some.Deployment("d", Some.Profile() with { Prices = book })]).OutputRate);
    }

    [Theory]
    [InlineData("gemini-2.5-flash", 0.3, 1)]
    [InlineData("gemini-2.5-pro", 1.25, 1.25)]
    public void Quick_Sound_HasItsOwnPrice(string model, double text, double sound)
    {
        using var call = Some.Call("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAABBBB","format":"opus"}}]}]}""");
        var bound = PromptBounds.Quick(call, [Of(model)]);
        Assert.Equal(((bound.PromptTokens - 8) * (decimal)text) + (8 * (decimal)sound), bound.PromptMicroUsd);
    }

    [Fact]
    public void Quick_Image_CostsWhatItsHeaderSays()
    {
        var png = Convert.ToBase64String([0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 0, 0, 0, 2, 0, .. new byte[300]]);
        Assert.Equal(308, Cost($$"""{"url":"data:image/png;base64,{{png}}"}"""));
        Assert.Equal(308, Cost($$"""{"detail":"low","url":"https://example.com/a.png"}"""));
        Assert.Equal(3000, Cost($$"""{"url":"https://example.com/a.png","detail":"high"}"""));
        Assert.Equal(36_000, Cost($$"""{"url":"https://example.com/a.png","detail":"low","detail":"high"}"""));
        Assert.Equal(36_000, Cost($$"""{"url":"data:image/png;base64,{{png}}","url":"https://example.com/a.png"}"""));

        static long Cost(string image)
        {
            using var without = Some.Call("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""");
            using var with = Some.Call($$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{{image}}}]}]}""");
            return PromptBounds.Quick(with, [Of("gpt-6-astra")]).PromptTokens - PromptBounds.Quick(without, [Of("gpt-6-astra")]).PromptTokens;
        }
    }

    [Theory]
    [InlineData("""{"file_id":"file-1"}""")]
    [InlineData("""{"file_data":"data:video/mp4;base64,AAAA"}""")]
    [InlineData("""{"file_data":"data:application/pdf;base64,AAAA","file_data":"x"}""")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    public void Quick_FileOfUnknownLength_IsBoundedByTheWindow(string file)
    {
        using var call = Some.Call($$"""{"messages":[{"role":"user","content":[{"type":"file","file":{{file}}}]}]}""");
        Assert.Equal(1_048_576, PromptBounds.Quick(call, [Of("gemini-3.8-flash")]).PromptTokens);
        Assert.Equal(128_000, PromptBounds.Quick(call, [Some.Deployment()]).PromptTokens);
    }

    [Fact]
    public void Quick_LongPrompt_IsBoundedByTheWindowOfAListedModelOnly()
    {
        using var call = Call(new string('x', 400_000));
        Assert.Equal(128_000, PromptBounds.Quick(call, [Of("gpt-4o")]).PromptTokens);
        Assert.True(PromptBounds.Quick(call, [Some.Deployment()]).PromptTokens > 400_000);
    }

    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"f"}}]""", 0)]
    [InlineData("""[{"function":{"name":"f"},"type":"function"},{"type":"bash_20250124","name":"bash"}]""", 1)]
    [InlineData("""[{"type":"function","type":"computer_20250124","name":"computer"},"x",{}]""", 3)]
    public void Quick_Tools_BringTheProvidersOwnText(string tools, int own)
    {
        using var call = Some.Call($$"""{"tools":{{tools}},"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(call.Scan.TextBytes + 8 + 64 + 1024 + (own * 1300), PromptBounds.Quick(call, [Of("claude-opus-5-5")]).PromptTokens);
    }

    [Fact]
    public void Quick_Schema_BringsAHeading()
    {
        using var call = Some.Call("""{"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{}}},"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(call.Scan.TextBytes + 8 + 32 + 64, PromptBounds.Quick(call, [Of("gpt-4o")]).PromptTokens);
    }

    [Fact]
    public void Quick_KnownModel_AllocatesNothing()
    {
        Deployment[] targets = [Of("gpt-4o"), Of("claude-opus-5-5"), Of("gemini-3.8-flash")];
        using var call = Some.Call("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""");
        PromptBounds.Quick(call, targets);
        var before = GC.GetAllocatedBytesForCurrentThread();
        PromptBounds.Quick(call, targets);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task TryTighten_BeforeLoading_IsFalse_AndAfterwardsCounts()
    {
        var gate = new TaskCompletionSource();
        var slow = new PromptTokenizers(encoding =>
        {
            gate.Task.GetAwaiter().GetResult();
            return Tokenizers.ExactFor(encoding);
        });
        var subject = new PromptBounds(slow);
        using var call = Call(Prose);
        Deployment[] targets = [Of("gpt-4o")];
        var quick = PromptBounds.Quick(call, targets);
        Assert.False(subject.TryTighten(call, targets, quick, out _));

        gate.SetResult();
        await slow.LoadAsync(TokenEncoding.O200k);
        Assert.True(subject.TryTighten(call, targets, quick, out var tighter));
        var exact = Tokenizers.ExactFor(TokenEncoding.O200k).CountTokens(Prose);
        Assert.Equal(quick with { PromptTokens = exact + 8 + 32, PromptMicroUsd = (exact + 8 + 32) * 2.5m * 1.7m }, tighter);
    }

    [Fact]
    public async Task TryTighten_ATargetWithoutPublicTokenizer_HoldsForItToo()
    {
        await LoadAsync();
        using var call = Call(Prose);
        Deployment[] targets = [Of("gpt-4o"), Of("claude-haiku-4-5")];
        var quick = PromptBounds.Quick(call, targets);
        Assert.False(bounds.TryTighten(call, targets, quick, out var tighter) && tighter.PromptTokens < Prose.Length);
    }

    [Fact]
    public void TryTighten_Escapes_AreCountedAsTheTextTheyStandFor()
    {
        using var call = Some.Call("""{"messages":[{"role":"user","content":"\u4e16\u754c\n\u4e16\u754c\u4e16\u754c\u4e16\u754c\u4e16\u754c\u4e16\u754c"}]}""");
        Deployment[] targets = [Of("gemini-3.8-flash")];
        var quick = PromptBounds.Quick(call, targets);
        Assert.True(bounds.TryTighten(call, targets, quick, out var tighter));
        Assert.Equal(quick.PromptTokens - (12 * 3) - 1, tighter.PromptTokens);
    }

    /// <summary>Against the counting that OpenAI publishes: messages, names, calls of tools, and functions in its notation of types.</summary>
    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("gpt-3.5-turbo")]
    public async Task TryTighten_AnyText_IsNotBelowOpenAisOwnCount(string model)
    {
        await LoadAsync();
        var encoding = TokenEncodings.Find(model)!.Value;
        var exact = Tokenizers.ExactFor(encoding);
        var enumeration = new JsonArray([.. Enumerable.Range(0, 200).Select(i => (JsonNode)((char)('a' + (i % 26))).ToString())]);
        var body = new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "system", ["content"] = Prose },
                new JsonObject { ["role"] = "user", ["name"] = "Ann", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "世界 <|endoftext|>" }, new JsonObject { ["type"] = "text", ["text"] = Prose }) },
                new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = "call_1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "pick", ["arguments"] = "{\"letter\":\"q\"}" } }) },
                new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call_1", ["content"] = "{\"ok\":true}" }),
            ["tools"] = new JsonArray(new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = "pick", ["description"] = "Picks.", ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["letter"] = new JsonObject { ["type"] = "string", ["enum"] = enumeration } } } },
            }),
        }.ToJsonString();
        using var call = Some.Call(body);
        Deployment[] targets = [Some.Deployment(profile: Some.Profile() with { Model = model })];

        Assert.True(bounds.TryTighten(call, targets, PromptBounds.Quick(call, targets), out var tighter));

        // https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken, sections 6 and 7.
        var messages = 3 + (4 * 3) + 1 + new[] { "system", Prose, "user", "Ann", "世界 <|endoftext|>" + Prose, "assistant", "pick", "{\"letter\":\"q\"}", "tool", "{\"ok\":true}" }.Sum(text => exact.CountTokens(text));
        var tools = 10 + exact.CountTokens("pick:Picks.") + 3 + 3 + exact.CountTokens("letter:string:") + enumeration.Sum(letter => 3 + exact.CountTokens((string)letter!)) + 12;
        Assert.InRange(tighter.PromptTokens, messages + tools, body.Length);
    }

    [Fact]
    public async Task TryTighten_LongPrompt_IsStillLowerButNotByMoreThanWasTokenized()
    {
        await LoadAsync();
        using var call = Call(string.Concat(Enumerable.Repeat(Prose, 1000)));
        Deployment[] targets = [Of("gpt-4.1")];
        var quick = PromptBounds.Quick(call, targets);
        Assert.True(bounds.TryTighten(call, targets, quick, out var tighter));
        Assert.InRange(tighter.PromptTokens, quick.PromptTokens - TextCounter.MostCharacters, quick.PromptTokens - (TextCounter.MostCharacters / 2));
    }

    private static Deployment Of(string model) => Some.Deployment(model, Catalogue.Find(model));

    private static IncomingCall Call(string text) => Some.Call($$"""{"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]}""");

    private Task<Tokenizer[]> LoadAsync() => Task.WhenAll(tokenizers.LoadAsync(TokenEncoding.O200k), tokenizers.LoadAsync(TokenEncoding.Cl100k));
}
