namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// <c>metadata</c> becomes Vertex's billing labels, as far as it fits their form; the Gemini API has none.
/// Form: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/add-labels-to-api-calls.
/// </summary>
internal static class LabelsWriter
{
    private const int MostLabels = 64;
    private const int MostLength = 63;

    public static void Write(RequestScope scope)
    {
        if (scope.Request.Metadata is not { Count: > 0 } metadata)
        {
            return;
        }
        if (scope.Platform != GeminiPlatform.Vertex)
        {
            scope.Translation.Drop("metadata", "The Gemini API takes no labels.");
            return;
        }
        var fitting = metadata.Where(pair => IsKey(pair.Key) && IsValue(pair.Value)).Take(MostLabels).ToList();
        if (fitting.Count < metadata.Count)
        {
            scope.Translation.Drop("metadata", "Vertex labels are at most 64 pairs of lowercase letters, digits, '-' and '_', each up to 63 long.");
        }
        using var labels = new OptionalObject(scope.Json, "labels");
        foreach (var (key, value) in fitting)
        {
            labels.Json.WriteString(key, value);
        }
    }

    private static bool IsKey(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) && IsValue(text);

    private static bool IsValue(string text) =>
        text.Length <= MostLength && text.All(symbol => char.IsAsciiLetterLower(symbol) || char.IsAsciiDigit(symbol) || symbol is '-' or '_');
}
