using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Intake;

/// <summary>Single values, and passing over what is not looked at.</summary>
internal ref partial struct RequestScanner
{
    private double? ReadNumber(string param, double least, double most, bool whole = false)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.Number || (whole && !reader.TryGetInt64(out _)) || !reader.TryGetDouble(out var value))
        {
            throw WrongType(param, whole ? "a whole number" : "a number");
        }
        return value >= least && value <= most
            ? value
            : throw CallerErrorException.Invalid(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{param}' must be between {least} and {most}."), param, "invalid_value");
    }

    private readonly bool ReadBoolean(string param) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw WrongType(param, "true or false"),
    };

    private readonly void ExpectArray(string param)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.Null))
        {
            throw WrongType(param, "an array");
        }
    }

    /// <summary>
    /// After a property name: passes over its value if that is a long string, and counts it as prompt text. The reader is
    /// given an empty string in its place, so that it still checks everything around it.
    /// </summary>
    /// <param name="only">What the string has to start with.</param>
    private bool JumpLongString(ReadOnlySpan<byte> only = default)
    {
        var rest = body[Position..];
        var quote = rest.IndexOfAnyExcept(" \t\r\n"u8);
        if (quote < 0 || rest[quote] != '"' || rest.Length - quote < LongString || !rest[(quote + 1)..].StartsWith(only))
        {
            return false;
        }
        var length = JsonText.EndOf(rest[(quote + 1)..]);
        if (length < LongString)
        {
            return false;
        }
        scan.TextBytes += length;
        CheckText(Position + quote);
        textChecked = Position + quote + length + 2;
        var stub = new Utf8JsonReader("\"\""u8, isFinalBlock: false, reader.CurrentState);
        stub.Read();
        readerStart = textChecked;
        reader = new Utf8JsonReader(body[readerStart..], isFinalBlock: true, stub.CurrentState);
        return true;
    }

    /// <summary>Passes over the current value and counts it all as prompt text: names, strings and what is between them.</summary>
    private void CountText()
    {
        var start = TokenStart;
        reader.Skip();
        scan.TextBytes += Position - start;
    }

    private readonly Range PositionOfToken() => TokenStart..(TokenStart + TokenLength());

    /// <summary>Length of the current token as it stands in the body, quotes included.</summary>
    private readonly int TokenLength() =>
        reader.ValueSpan.Length + (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? 2 : 0);

    private static CallerErrorException WrongType(string param, string expected) =>
        CallerErrorException.Invalid($"Invalid type for '{param}': it must be {expected}.", param, "invalid_type");
}
