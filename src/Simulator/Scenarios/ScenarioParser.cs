using System.Globalization;

namespace Tollgate.Simulator.Scenarios;

/// <summary>Reads a scenario out of a model name and the <c>x-sim</c> header.</summary>
internal static class ScenarioParser
{
    private static readonly char[] Separators = ['-', '/', ':', '@', ',', ' '];

    /// <summary>
    /// Reads the tokens behind a <c>sim</c> in the model name, then those of the header, which win.
    /// A word that is no token is a label in a model name and an error in the header.
    /// </summary>
    /// <exception cref="FormatException">The header holds a word that is no token.</exception>
    public static Scenario Parse(string model, string? header)
    {
        var settings = new Dictionary<Knob, Setting>();
        // Only what follows "sim" counts, so that c5 in a real model's name never means anything by accident.
        foreach (var word in Words(model).SkipWhile(w => !IsMark(w)).Skip(1))
            _ = TryRead(word, settings);

        foreach (var word in Words(header ?? "").SkipWhile(IsMark))
            if (!TryRead(word, settings))
                throw new FormatException($"x-sim: '{word}' is no scenario token.");

        if (settings.TryGetValue(Knob.FailingRequests, out var failing))
            foreach (var knob in settings.Keys.Where(ScenarioTokens.IsFault).ToList())
                settings[knob] = settings[knob] with { Requests = Math.Min(settings[knob].Requests, failing.Value) };
        return new Scenario(settings);
    }

    private static string[] Words(string text) =>
        text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsMark(string word) => string.Equals(word, "sim", StringComparison.Ordinal);

    private static bool TryRead(string word, Dictionary<Knob, Setting> settings)
    {
        if (TryKnob(word, out var knob, out var value))
            settings[knob] = new Setting(value, int.MaxValue);
        else if (word.LastIndexOf('x') is > 0 and var x
                 && TryNumber(word.AsSpan(x + 1), out var requests)
                 && TryKnob(word[..x], out knob, out value)
                 && ScenarioTokens.IsFault(knob))
            settings[knob] = new Setting(value, requests);
        else
            return false;
        return true;
    }

    private static bool TryKnob(string word, out Knob knob, out int value)
    {
        value = 0;
        if (ScenarioTokens.Plain.TryGetValue(word, out knob))
            return true;
        var digits = word.AsSpan().IndexOfAnyInRange('0', '9');
        return digits > 0
            && ScenarioTokens.Numbered.TryGetValue(word[..digits], out knob)
            && TryNumber(word.AsSpan(digits), out value);
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
