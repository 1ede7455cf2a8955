using BenchmarkDotNet.Attributes;
using Tollgate.Dialects.OpenAi;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Providers.Gemini;
using Tollgate.Streaming;

namespace Tollgate.Benchmarks;

/// <summary>What a chunk costs on its way from the upstream's bytes to the caller's. Each operation is one chunk of a stream of a hundred.</summary>
[MemoryDiagnoser]
public class StreamBenchmarks
{
    private const int Chunks = 100;

    private static readonly OpenAiReplyHead Head = new("chatcmpl-1", 1790000000, "gpt-4o");

    private readonly byte[] openAi = Bodies.OpenAiStream(Chunks);
    private readonly byte[] anthropic = Bodies.AnthropicStream(Chunks);
    private readonly byte[] gemini = Bodies.GeminiStream(Chunks);
    private readonly IWire anthropicWire = new AnthropicWire(AnthropicPlatform.Direct);
    private readonly IWire geminiWire = new GeminiWire(GeminiPlatform.GeminiApi);

    [Benchmark(OperationsPerInvoke = Chunks)]
    public Task<int> PassThrough() => RunAsync(openAi, new PassThroughLane(Head, choices: 1, includeUsage: false));

    [Benchmark(OperationsPerInvoke = Chunks)]
    public Task<int> FromAnthropic() => RunAsync(anthropic, Translated(anthropicWire));

    [Benchmark(OperationsPerInvoke = Chunks)]
    public Task<int> FromGemini() => RunAsync(gemini, Translated(geminiWire));

    private static TranslationLane Translated(IWire wire) => new(wire.OpenStream(new ReplyContext("origin", "call")), Head, includeUsage: false);

    private static async Task<int> RunAsync(byte[] stream, StreamLane lane)
    {
        using var output = new PooledBuffer(64 * 1024);
        using var reader = new SseReader(new MemoryStream(stream));
        using (lane)
        {
            while (await reader.FillAsync(CancellationToken.None))
            {
                while (reader.TryRead(out var read))
                {
                    lane.Read(read, output);
                }
            }
            lane.End(output);
            return lane.IsFinished ? output.Length : throw new InvalidOperationException("The stream is not whole.");
        }
    }
}
