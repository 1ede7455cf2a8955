using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>A limit as text, such as <c>tokens/minute</c>: a value, or the name of a property.</summary>
internal sealed class LimitKeyJson : JsonConverter<LimitKey>
{
    public override LimitKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, LimitKey value, JsonSerializerOptions options) => writer.WriteStringValue(Words(value));

    public override LimitKey ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, LimitKey value, JsonSerializerOptions options) => writer.WritePropertyName(Words(value));

    private static string Words(LimitKey key) => $"{Limit.Units[(int)key.Unit]}/{Limit.Windows[(int)key.Window]}";

    private static LimitKey Parse(string? words)
    {
        var parts = words?.Split('/') ?? [];
        var (unit, window) = parts.Length == 2 ? (Array.IndexOf(Limit.Units, parts[0]), Array.IndexOf(Limit.Windows, parts[1])) : (-1, -1);
        return unit >= 0 && window >= 0 ? new LimitKey((LimitUnit)unit, (LimitWindow)window) : throw new JsonException("A limit is named by its unit and its window, such as tokens/minute.");
    }
}

/// <summary>A window as its start and its end in milliseconds since 1970; −1 for one that never ends.</summary>
internal sealed class BudgetWindowJson : JsonConverter<BudgetWindow>
{
    public override BudgetWindow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (JsonSerializer.Deserialize<long[]>(ref reader) is not [var start, var end])
        {
            throw new JsonException("A window is an array of its start and its end.");
        }
        return new BudgetWindow(DateTimeOffset.FromUnixTimeMilliseconds(start), end < 0 ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(end));
    }

    public override void Write(Utf8JsonWriter writer, BudgetWindow value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Start.ToUnixTimeMilliseconds());
        writer.WriteNumberValue(value.End == DateTimeOffset.MaxValue ? -1 : value.End.ToUnixTimeMilliseconds());
        writer.WriteEndArray();
    }
}
