using System.ClientModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;
using Tollgate.Admission.Bounds;
using Tollgate.EndToEnd.Tests.Clients.NuGet;
using Xunit.Abstractions;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>OpenAI's clients call until a budget is over: it is never overspent, and next to nothing of it is left when the first of them hears so.</summary>
public sealed class UsedUpTests(FaultFixture fixture, ITestOutputHelper output) : IClassFixture<FaultFixture>
{
    private const int Budget = 20_000;

    private const int Callers = 64;

    /// <summary>Tokens the model gives at the most.</summary>
    private const int Most = 600;

    /// <summary>A refusal with a shorter wait is for calls under way, which may give some back.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    /// <summary>What callers ask for at the most; null: what the model gives.</summary>
    private static readonly int?[] Caps = [null, 300, 1_000, 64];

    [Theory]
    [InlineData("openai", "c4000-t5")]
    [InlineData("openai", "c150-t5")]
    [InlineData("anthropic", "c4000-t5")]
    [InlineData("gemini", "c150-t5")]
    public async Task E_SixtyFourCallersUntilTheLastRefusal_BudgetIsUsedAndNoMore(string wire, string scenario)
    {
        var target = new Target(wire, scenario) { MaxOutput = Most };
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "total", Budget)] }, target);
        await RunAsync(bench, target, "one two three four five");
    }

    [Fact]
    public async Task E_LongPromptsOfAModelWithAPublicTokenizer_BudgetIsUsedAndNoMore()
    {
        var target = new Target("openai", "c4000-t5") { MaxOutput = Most, Family = "gpt-4o-" };
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "total", Budget)] }, target);
        await bench.Services.GetRequiredService<PromptTokenizers>().LoadAsync(TokenEncoding.O200k);

        // 300 tokens in 1,800 bytes: a bound by bytes would leave a tenth of the budget.
        await RunAsync(bench, target, string.Join(' ', Enumerable.Repeat("words", 300)));
    }

    private async Task RunAsync(Bench bench, Target target, string prompt)
    {
        var race = new Race(bench, prompt);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => race.CallUntilRefusedAsync(stream: caller % 2 == 0, Caps[caller / 2 % Caps.Length])));

        var received = bench.ReceivedBy(target);
        var spent = received.Sum(request => request.PromptTokens + request.CompletionTokens);
        output.WriteLine($"{received.Count} calls used {spent} tokens, {await race.UsedAtFirstRefusal} before the first final refusal; {race.Waits} refusals for the time being.");
        Assert.InRange(spent, Budget * 95 / 100, Budget);
        Assert.All(received, request => Assert.InRange(request.CompletionTokens, 1, Most));
        Assert.InRange(await race.UsedAtFirstRefusal, Budget * 95 / 100, spent);
        var usage = await race.UsageAsync();
        Assert.Equal((received.Count, spent), ((int)usage["requests"]!, (int)usage["prompt_tokens"]! + (int)usage["completion_tokens"]!));
        Assert.True(race.Waits > 0, "Nobody ever had to wait: that was no race.");
    }

    private sealed class Race(Bench bench, string prompt)
    {
        private readonly ChatClient client = new(Bench.Model, new ApiKeyCredential(Bench.Key), NuGetClient.Options(new Uri(bench.Address, "v1")));
        private readonly TaskCompletionSource<long> used = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource someAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int refused;
        private int waits;

        public Task<long> UsedAtFirstRefusal => used.Task;

        public int Waits => waits;

        public async Task CallUntilRefusedAsync(bool stream, int? cap)
        {
            var options = new ChatCompletionOptions { MaxOutputTokenCount = cap };
            ChatMessage[] conversation = [new UserChatMessage(prompt)];
            while (true)
            {
                var next = Volatile.Read(ref someAnswer).Task;
                try
                {
                    if (stream)
                    {
                        Assert.NotEmpty(await client.CompleteChatStreamingAsync(conversation, options).ToListAsync());
                    }
                    else
                    {
                        Assert.NotNull((await client.CompleteChatAsync(conversation, options)).Value);
                    }
                    Interlocked.Exchange(ref someAnswer, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                }
                catch (ClientResultException wait) when (wait.Status == 429 && RetryAfter(wait) <= Short)
                {
                    // What stood in the way then gives back what it does not use once it is answered.
                    Interlocked.Increment(ref waits);
                    await next.WaitAsync(FaultFixture.Patience);
                }
                catch (ClientResultException over) when (over.Status == 429)
                {
                    await RefusedAsync();
                    return;
                }
            }
        }

        public async Task<JsonNode> UsageAsync() => JsonNode.Parse(await bench.Client.GetStringAsync(new Uri("/v1/usage", UriKind.Relative)))!;

        private async Task RefusedAsync()
        {
            if (Interlocked.Increment(ref refused) == 1)
            {
                var usage = await UsageAsync();
                used.SetResult((long)usage["prompt_tokens"]! + (long)usage["completion_tokens"]!);
            }
        }

        private static TimeSpan? RetryAfter(ClientResultException refusal) =>
            refusal.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var seconds) ? TimeSpan.FromSeconds(int.Parse(seconds!, System.Globalization.CultureInfo.InvariantCulture)) : null;
    }
}
