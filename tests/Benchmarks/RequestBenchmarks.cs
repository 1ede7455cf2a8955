using BenchmarkDotNet.Attributes;
using Tollgate.Catalogue;
using Tollgate.Dialects.OpenAi;
using Tollgate.Intake;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Providers.Gemini;
using Tollgate.Streaming;

namespace Tollgate.Benchmarks;

/// <summary>What a request costs before it is sent: the scan of the pass-through lane, the translation of the other.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly byte[] small = Bodies.SmallRequest("gpt-4o", stream: true);
    private readonly byte[] large = Bodies.LargeRequest("gpt-4o");
    private readonly AnthropicWire anthropic = new(AnthropicPlatform.Direct);
    private readonly GeminiWire gemini = new(GeminiPlatform.GeminiApi);
    private readonly ModelProfile claude = ModelCatalogue.Load().Find("claude-haiku-4-5");
    private readonly ModelProfile geminiPro = ModelCatalogue.Load().Find("gemini-3-pro-preview");

    [Benchmark]
    public object ScanSmall() => RequestScanner.Scan(small);

    [Benchmark]
    public object ScanOneMebibyte() => RequestScanner.Scan(large);

    [Benchmark]
    public int TranslateSmallToAnthropic() => Translate(anthropic, claude);

    [Benchmark]
    public int TranslateSmallToGemini() => Translate(gemini, geminiPro);

    private int Translate(IWire wire, ModelProfile model)
    {
        using var body = new PooledBuffer();
        wire.WriteRequest(OpenAiRequestReader.Read(small), model, new Translation(strict: false, stream: true, "acme"), body);
        return body.Length;
    }
}
