using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests;

internal sealed record SseItem(string? Name, string Data)
{
    public JsonNode Json => JsonNode.Parse(Data)!;
}

/// <summary>Reads events strictly: any line that is no field, comment or blank is an error.</summary>
internal static class Sse
{
    public static IReadOnlyList<SseItem> Parse(string text)
    {
        var items = new List<SseItem>();
        foreach (var block in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string? name = null, data = null;
            foreach (var line in block.Split('\n'))
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    data = line[6..];
                else if (!line.StartsWith(':'))
                    throw new FormatException($"No line of an event: '{line}'");
            }

            if (data is not null)
                items.Add(new SseItem(name, data));
        }

        return items;
    }
}
