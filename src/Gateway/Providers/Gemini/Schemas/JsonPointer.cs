using System.Globalization;
using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>A reference within one document: <c>#</c> and a JSON pointer, RFC 6901 section 6.</summary>
internal static class JsonPointer
{
    /// <summary>Null where the reference leads out of the document or nowhere.</summary>
    public static JsonElement? Resolve(JsonElement root, string reference)
    {
        if (reference is "#")
        {
            return root;
        }
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }
        var found = root;
        foreach (var step in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member))
            {
                found = member;
            }
            else if (found.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < found.GetArrayLength())
            {
                found = found[index];
            }
            else
            {
                return null;
            }
        }
        return found;
    }
}
