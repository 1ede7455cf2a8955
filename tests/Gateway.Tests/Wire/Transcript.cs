using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tollgate.Gateway.Tests.Wire;

/// <summary>
/// The transcripts beside this file, named after the rule they hold: <c>A.3-temperature-above-one.request.json</c>.
/// Requests: <c>{ "model": …, "strict"?, "stream"?, "caller": {…}, "upstream": {…}, "dropped"?: […] }</c> or, instead of
/// <c>upstream</c>, <c>"error": { "param": … , "code"?: … }</c>. Replies: <c>{ "upstream": {…}, "caller": {…} }</c>.
/// Streams: a pair <c>X.upstream.sse</c>, <c>X.caller.sse</c>.
/// </summary>
internal static class Transcript
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire");

    /// <summary>Names of the cases whose file starts with <paramref name="table"/> (e.g. <c>A.</c>) and ends with <paramref name="kind"/>.</summary>
    public static TheoryData<string> Names(string table, string kind)
    {
        var names = new TheoryData<string>();
        foreach (var file in Directory.GetFiles(Folder, $"{table}*{kind}", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileName(file)[..^kind.Length]);
        }
        return names;
    }

    public static JsonObject Json(string name, string kind) => JsonNode.Parse(Bytes(name, kind))!.AsObject();

    public static byte[] Bytes(string name, string kind) =>
        File.ReadAllBytes(Directory.GetFiles(Folder, name + kind, SearchOption.AllDirectories).Single());

    /// <summary>Fails with both documents, indented, where they are not deeply equal.</summary>
    public static void AssertSame(JsonNode? expected, ReadOnlySpan<byte> actual)
    {
        var got = JsonNode.Parse(actual);
        if (!JsonNode.DeepEquals(expected, got))
        {
            Assert.Equal(Indented(expected), Indented(got));
            Assert.Fail("The documents differ in a number's form only.");
        }
    }

    /// <summary>Compares two streams event by event; data that is JSON is compared as JSON.</summary>
    public static void AssertSameStream(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        Assert.Equal(Normalised(expected), Normalised(actual));

    private static string Normalised(ReadOnlySpan<byte> stream)
    {
        var lines = Encoding.UTF8.GetString(stream).ReplaceLineEndings("\n").Trim().Split('\n');
        return string.Join('\n', lines.Select(line => line.StartsWith("data: {", StringComparison.Ordinal) ? "data: " + WithoutCost(JsonNode.Parse(line[6..])!.AsObject()) : line));
    }

    /// <summary>What a call cost is the gateway's to say, not the wire's.</summary>
    private static string WithoutCost(JsonObject data)
    {
        data.Remove("tollgate");
        return data.ToJsonString();
    }

    private static string Indented(JsonNode? node) => node?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null";
}
