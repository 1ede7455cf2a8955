using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Data.Tables;

namespace Tollgate.Tables;

/// <summary>
/// Reads the columns of a row that a person may have written by hand, and notes what cannot be understood. A column that nobody
/// reads is such a problem too: a misspelt limit would be no limit.
/// </summary>
internal sealed class RowReader(TableEntity row)
{
    private static readonly string[] Own = ["odata.etag", "odata.metadata", "PartitionKey", "RowKey", "Timestamp"];

    private readonly List<string> problems = [];
    private readonly List<string> known = [];

    /// <summary>One sentence each, naming the column. Complete once every column has been asked for.</summary>
    public IEnumerable<string> Problems => problems.Concat(row.Keys.Except(Own).Except(known).Select(
        column => $"Column '{column}' is not a column of this version; allowed here: {string.Join(", ", known)}."));

    public string? Text(string column) => Value<string>(column, "String");

    /// <summary>Absent is false. The words <c>true</c> and <c>false</c> count too: <c>az storage entity insert</c> can write no other.</summary>
    public bool Flag(string column) => row.TryGetValue(column, out var value) && value is string text && bool.TryParse(text, out var word)
        ? Known(column, word)
        : Value<bool?>(column, "Boolean") ?? false;

    /// <summary>A whole number; null when absent, or wrong, or not within the bounds.</summary>
    public int? Number(string column, int least, int most)
    {
        var number = row.TryGetValue(column, out var value) && value is int small ? Known<long?>(column, small) : Value<long?>(column, "Int64");
        if (number >= least && number <= most)
        {
            return (int)number.Value;
        }
        if (number is not null)
        {
            Wrong(column, string.Create(CultureInfo.InvariantCulture, $"is {number}; it must be from {least} to {most}."));
        }
        return null;
    }

    public DateTimeOffset? Date(string column) => Value<DateTimeOffset?>(column, "DateTime");

    /// <summary>A list written as text, as it would be in <c>gateway.json</c>; null when absent or wrong.</summary>
    public List<T>? List<T>(string column, JsonTypeInfo<List<T>> type) => Json(column, "array", type, static list => !list.Contains(default!));

    /// <summary>An object written as text, as it would be in <c>gateway.json</c>; null when absent or wrong.</summary>
    public T? Object<T>(string column, JsonTypeInfo<T> type)
        where T : class => Json(column, "object", type, static _ => true);

    private T? Json<T>(string column, string kind, JsonTypeInfo<T> type, Predicate<T> isWhole)
        where T : class
    {
        if (Text(column) is not { } text)
        {
            return null;
        }
        try
        {
            if (JsonSerializer.Deserialize(text, type) is { } value && isWhole(value))
            {
                return value;
            }
            Wrong(column, $"holds null; it must be a JSON {kind} without nulls.");
        }
        catch (JsonException wrong)
        {
            Wrong(column, string.Create(CultureInfo.InvariantCulture, $"is not the JSON {kind} it must be, or has a value of the wrong type, at byte {wrong.BytePositionInLine + 1} of line {wrong.LineNumber + 1}."));
        }
        return null;
    }

    public void Wrong(string column, string why) => problems.Add($"Column '{column}' {why}");

    public void Wrong(IEnumerable<string> sentences) => problems.AddRange(sentences);

    private T? Value<T>(string column, string type)
    {
        known.Add(column);
        if (!row.TryGetValue(column, out var value) || value is null)
        {
            return default;
        }
        if (value is T right)
        {
            return right;
        }
        Wrong(column, $"is of type {TypeOf(value)}; it must be {type}.");
        return default;
    }

    private T Known<T>(string column, T value)
    {
        known.Add(column);
        return value;
    }

    private static string TypeOf(object value) => value switch
    {
        DateTimeOffset => "DateTime",
        byte[] or BinaryData => "Binary",
        _ => value.GetType().Name,
    };
}
