using System.Globalization;
using System.Net;
using System.Text;

namespace Tollgate.Gateway.Tests.Routing.Days;

/// <summary>What is wrong with a provider for a while.</summary>
internal enum Trouble
{
    /// <summary>503 at once.</summary>
    Down,

    /// <summary>Takes requests and says nothing.</summary>
    Silent,

    /// <summary>Three of ten fail, the rest take four times as long.</summary>
    BrownOut,

    /// <summary>A fortieth of the usual requests a minute, then 429 with Retry-After.</summary>
    Throttled,
}

/// <summary>A provider on OpenAI's wire in virtual time: one of a hundred requests fails, answers take their time, and then there are troubles.</summary>
internal sealed class SimulatedProvider(SimulatedProvider.Character character, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To, Trouble Trouble)> troubles, VirtualTime time, int seed)
{
    private const int UsualPerMinute = 600;

    private readonly Random random = new(seed);
    private readonly Queue<DateTimeOffset> served = [];

    /// <summary>Requests that reached it.</summary>
    public int Requests { get; private set; }

    /// <summary>How long a streamed answer goes on after its first token.</summary>
    public static TimeSpan Generation => TimeSpan.FromSeconds(2.5);

    public async Task<HttpResponseMessage> AnswerAsync(bool stream, CancellationToken cancellationToken)
    {
        Requests++;
        var now = time.GetUtcNow();
        var trouble = troubles.Where(one => now >= one.From && now < one.To).Select(one => (Trouble?)one.Trouble).FirstOrDefault();
        var (luck, first) = (random.NextDouble(), character.FirstToken * Math.Exp(Gaussian() * 0.4));
        switch (trouble)
        {
            case Trouble.Down:
                await WaitAsync(TimeSpan.FromMilliseconds(50), cancellationToken);
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("") };
            case Trouble.Silent:
                await WaitAsync(null, cancellationToken);
                break;
            case Trouble.BrownOut:
                first *= 4;
                luck -= 0.29;
                break;
        }
        if (Throttle(now, trouble == Trouble.Throttled ? UsualPerMinute / 40 : UsualPerMinute) is { } wait)
        {
            var limited = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Content = new StringContent("") };
            limited.Headers.TryAddWithoutValidation("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            return limited;
        }
        if (luck < 0.01)
        {
            await WaitAsync(TimeSpan.FromMilliseconds(300), cancellationToken);
            return luck < 0.005 ? new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StringContent("") } : throw new HttpRequestException("Reset.");
        }
        await WaitAsync(stream ? first : first + Generation, cancellationToken);
        return stream ? Streamed() : Whole();
    }

    /// <summary>As a delay does, but whoever is cancelled goes on at once, on the same thread.</summary>
    private async Task WaitAsync(TimeSpan? length, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource();
        await using var cancelling = cancellationToken.Register(() => over.TrySetCanceled(cancellationToken));
        if (length is { } known)
        {
            time.At(time.GetUtcNow() + known, () => over.TrySetResult());
        }
        await over.Task;
    }

    private TimeSpan? Throttle(DateTimeOffset now, int perMinute)
    {
        while (served.TryPeek(out var oldest) && now - oldest > TimeSpan.FromMinutes(1))
        {
            served.Dequeue();
        }
        if (served.Count >= perMinute)
        {
            return served.ElementAt(served.Count - perMinute) + TimeSpan.FromMinutes(1) - now;
        }
        served.Enqueue(now);
        return null;
    }

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private HttpResponseMessage Whole() => Answer("application/json",
        $$"""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{{Usage}}}""");

    private HttpResponseMessage Streamed() => Answer("text/event-stream", $$"""
        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{{Usage}}}

        data: [DONE]


        """);

    private string Usage => string.Create(CultureInfo.InvariantCulture, $$"""{"prompt_tokens":400,"completion_tokens":{{character.Output}},"total_tokens":{{400 + character.Output}}}""");

    private static HttpResponseMessage Answer(string type, string body) => new() { Content = new StringContent(body, Encoding.UTF8, type) };

    /// <param name="FirstToken">The middle one of its times to the first token.</param>
    /// <param name="Output">Tokens of an answer.</param>
    internal sealed record Character(TimeSpan FirstToken, int Output);
}
