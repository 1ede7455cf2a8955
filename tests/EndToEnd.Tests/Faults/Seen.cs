using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>What the caller saw.</summary>
internal sealed class Seen
{
    private readonly HttpResponseHeaders headers;

    private Seen(HttpResponseMessage response, string text, bool broken, bool lenient)
    {
        Status = (int)response.StatusCode;
        headers = response.Headers;
        MediaType = response.Content.Headers.ContentType?.MediaType;
        Text = text;
        Broken = broken;
        if (IsStream)
        {
            Events = [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split("\n\n", StringSplitOptions.RemoveEmptyEntries).SelectMany(block => Data(block, lenient))];
            Json = new JsonObject();
        }
        else
        {
            Json = text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject();
        }
    }

    public int Status { get; }

    public string? MediaType { get; }

    public string Text { get; }

    /// <summary>The connection broke before the answer's end.</summary>
    public bool Broken { get; }

    public bool IsStream => MediaType == "text/event-stream";

    public JsonNode Json { get; }

    /// <summary>The data of a stream's events.</summary>
    public IReadOnlyList<string> Events { get; } = [];

    public IEnumerable<JsonNode> Chunks => Events.Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!);

    public bool Done => Events is [.., "[DONE]"];

    public JsonNode? Error => IsStream ? Chunks.LastOrDefault()?["error"] : Json["error"];

    public string? ErrorCode => (string?)Error?["code"];

    public string? ErrorParam => (string?)Error?["param"];

    public string Content => IsStream
        ? string.Concat(Choices.Select(choice => (string?)choice?["delta"]?["content"]))
        : (string?)Json["choices"]?[0]?["message"]?["content"] ?? "";

    public IReadOnlyList<string> FinishReasons => IsStream
        ? [.. Choices.Select(choice => (string?)choice?["finish_reason"]).OfType<string>()]
        : [.. (Json["choices"]?.AsArray() ?? []).Select(choice => (string?)choice?["finish_reason"]).OfType<string>()];

    public JsonNode? Usage => IsStream ? Chunks.Select(chunk => chunk["usage"]).LastOrDefault(usage => usage is not null) : Json["usage"];

    private IEnumerable<JsonNode?> Choices => Chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []);

    public string? Header(string name) => headers.TryGetValues(name, out var values) ? string.Join('|', values) : null;

    public static async Task<Seen> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken, bool lenient = false)
    {
        using var body = new MemoryStream();
        var broken = false;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await stream.CopyToAsync(body, cancellationToken);
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException)
        {
            broken = true;
        }
        return new Seen(response, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body.ToArray()), broken, lenient);
    }

    /// <summary>A whole answer with nothing wrong about it.</summary>
    public void AssertWhole()
    {
        Assert.Equal(200, Status);
        Assert.False(Broken);
        Assert.Null(Error);
        Assert.NotEmpty(FinishReasons);
        Assert.Equal(IsStream, Done);
    }

    /// <summary>An error as OpenAI's clients read it.</summary>
    public void AssertError(int status, string? code)
    {
        Assert.Equal((status, code), (Status, ErrorCode));
        AssertErrorObject();
        Assert.Equal("application/json", MediaType);
    }

    public void AssertErrorObject()
    {
        Assert.False(Broken);
        Assert.NotNull(Error);
        Assert.Equal(["code", "message", "param", "type"], Error.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.False(string.IsNullOrEmpty((string?)Error["message"]));
        Assert.False(string.IsNullOrEmpty((string?)Error["type"]));
    }

    /// <summary>A stream that ends in an error event: never [DONE], never a finish reason.</summary>
    public void AssertCut(string code)
    {
        Assert.Equal(200, Status);
        Assert.True(IsStream);
        Assert.Equal(code, ErrorCode);
        AssertErrorObject();
        Assert.DoesNotContain("[DONE]", Events);
        Assert.Empty(FinishReasons);
    }

    // Strict where the upstream is sound: a line that is no data line, comment or end of one is then a fault of the gateway's.
    private static IEnumerable<string> Data(string block, bool lenient)
    {
        var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var data = lines.Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).ToList();
        Assert.True(lenient || data.Count <= 1, $"Two events in one: {block}");
        Assert.True(lenient || lines.All(line => line[0] == ':' || data.Contains(line)), $"No line of an event: {block}");
        return data.Select(line => line["data: ".Length..]);
    }
}
