using System.Globalization;
using System.Text;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Answers;

/// <summary>The words of the answers.</summary>
internal static class Phrases
{
    private const int BigLineBytes = 5 * 1024 * 1024;
    private const int FragmentCharacters = 8;
    private const string MultiByte = "你好，世界！🌍 这是一个模拟的回答。👩‍💻 Grüße aus Köln — naïve café ✓ ";

    /// <summary>The tokens of a short reasoning.</summary>
    public static IReadOnlyList<string> Reasoning { get; } =
        Words.Split("The user wants a short answer. I will greet, name the model and count.");

    /// <summary>The tokens of a plain answer.</summary>
    public static IReadOnlyList<string> Answer(string model, Prompt prompt, Scenario scenario)
    {
        var tokens = Fit(Content(model, prompt, scenario), scenario);
        if (scenario.Has(Knob.BigLine) && tokens.Count > 0)
            tokens[0] = new string('x', BigLineBytes);
        return tokens;
    }

    /// <summary>JSON cut into tokens, of the scenario's size or eight characters.</summary>
    public static IReadOnlyList<string> Json(string json, Scenario scenario) =>
        Pieces(json, scenario[Knob.ChunkBytes] is > 0 and var bytes ? bytes : FragmentCharacters);

    private static List<string> Content(string model, Prompt prompt, Scenario scenario)
    {
        if (scenario.Has(Knob.Echo))
            return [.. Words.Split(prompt.LastUserText)];
        if (scenario.Has(Knob.MultiByte))
            return Pieces(MultiByte, 6);
        var words = string.Create(CultureInfo.InvariantCulture, $"{prompt.Tokens} word{(prompt.Tokens == 1 ? "" : "s")}");
        return [.. Words.Split($"Hello from {model}. I received {words} from you, and this is my whole answer.")];
    }

    private static List<string> Fit(List<string> content, Scenario scenario)
    {
        var count = scenario[Knob.Chunks] ?? content.Count;
        if (content.Count == 0)
            content = ["ok"];
        var tokens = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var token = content[i % content.Count];
            // A text that starts again needs the space that its last word lacks.
            if (i % content.Count == content.Count - 1 && i < count - 1 && !token.EndsWith(' '))
                token += " ";
            tokens.Add(scenario[Knob.ChunkBytes] is > 0 and var bytes ? Resize(token, bytes) : token);
        }

        return tokens;
    }

    private static string Resize(string token, int bytes)
    {
        var text = new StringBuilder(bytes);
        var length = 0;
        foreach (var rune in token.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > bytes)
                break;
            text.Append(rune);
            length += rune.Utf8SequenceLength;
        }

        return text.Append('.', bytes - length).ToString();
    }

    private static List<string> Pieces(string text, int bytes)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (length > 0 && length + rune.Utf8SequenceLength > bytes)
            {
                pieces.Add(piece.ToString());
                piece.Clear();
                length = 0;
            }

            piece.Append(rune);
            length += rune.Utf8SequenceLength;
        }

        pieces.Add(piece.ToString());
        return pieces;
    }
}
