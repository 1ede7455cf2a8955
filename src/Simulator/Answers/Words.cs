namespace Tollgate.Simulator.Answers;

/// <summary>Words divided by white space.</summary>
internal static class Words
{
    /// <summary>The number of words.</summary>
    public static int Count(string text)
    {
        var count = 0;
        var inside = false;
        foreach (var character in text)
        {
            var blank = char.IsWhiteSpace(character);
            if (!blank && !inside)
                count++;
            inside = !blank;
        }

        return count;
    }

    /// <summary>The words, each but the last with the space behind it, so that they join to a readable text.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length - 1; i++)
            words[i] += " ";
        return words;
    }
}
