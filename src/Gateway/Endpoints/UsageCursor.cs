using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary>Where the next page of a listing begins, in a form that only the gateway reads. It says what it belongs to, and proves nothing.</summary>
/// <param name="From">First moment of the listing, in UTC ticks: the pages of one listing are of one time, whenever they are read.</param>
/// <param name="To">The moment after the last, in UTC ticks.</param>
/// <param name="By">What the listing is summed up by, as it was asked for.</param>
/// <param name="After">As in <see cref="UsageListing"/>.</param>
internal sealed record UsageCursor(long From, long To, string By, IReadOnlyList<string?> After)
{
    /// <summary>Letters, digits, - and _.</summary>
    public string Write() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, UsageCursorJson.Default.UsageCursor));

    /// <summary>Null: it is not one of the gateway's.</summary>
    public static UsageCursor? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), UsageCursorJson.Default.UsageCursor);
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UsageCursor))]
internal sealed partial class UsageCursorJson : JsonSerializerContext;
