using System.Text;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Google's JSON takes each name in camel and in snake case.</summary>
internal static class GeminiNames
{
    /// <summary>The member with the camel-case name, however it is written; null if the node has none.</summary>
    public static JsonNode? Member(this JsonNode? node, string camel) => node.At(camel) ?? node.At(Snake(camel));

    /// <summary>The camel-case form of a name.</summary>
    public static string Camel(string name)
    {
        var words = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words.Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));
    }

    private static string Snake(string camel)
    {
        var snake = new StringBuilder(camel.Length + 4);
        foreach (var letter in camel)
        {
            if (char.IsAsciiLetterUpper(letter))
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(letter));
        }

        return snake.ToString();
    }
}
