using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Answers;

/// <summary>Strings and numbers within a schema's limits.</summary>
internal static class ScalarSample
{
    /// <summary>A string of the format and length the schema wants.</summary>
    public static string Text(JsonObject schema)
    {
        var text = schema["format"].Text() switch
        {
            "date-time" => "2026-01-02T03:04:05Z",
            "date" => "2026-01-02",
            "time" => "03:04:05Z",
            "duration" => "P1D",
            "email" => "sim@example.com",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            "uri" or "url" => "https://example.com/",
            "hostname" => "example.com",
            "ipv4" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            _ => "sample",
        };
        var least = Length(schema["minLength"]) ?? 0;
        var most = Length(schema["maxLength"]) ?? int.MaxValue;
        text = text.PadRight(least, 'x');
        return text.Length > most ? text[..most] : text;
    }

    /// <summary>A number within the schema's limits; 1 if that is one.</summary>
    public static double Number(JsonObject schema, bool whole)
    {
        var step = schema["multipleOf"].Number() ?? (whole ? 1 : 0);
        var gap = step > 0 ? step : 0.5;
        var least = schema["minimum"].Number() ?? schema["exclusiveMinimum"].Number() + gap;
        var most = schema["maximum"].Number() ?? schema["exclusiveMaximum"].Number() - gap;
        var value = Math.Max(1, least ?? 1);
        if (value > most)
            value = most.Value;
        if (step <= 0)
            return value;
        var up = Math.Ceiling(value / step) * step;
        return up <= (most ?? double.MaxValue) ? up : Math.Floor(value / step) * step;
    }

    // Google's dialect writes the lengths, which are 64-bit integers there, as strings.
    private static int? Length(JsonNode? node) =>
        node.Int() ?? (int.TryParse(node.Text(), out var length) ? length : null);
}
