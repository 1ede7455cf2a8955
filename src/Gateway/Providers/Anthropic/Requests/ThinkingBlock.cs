using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>A <c>thinking</c> or <c>redacted_thinking</c> block; its signature holds only for the very bytes it came in.</summary>
internal sealed class ThinkingBlock(JsonElement block) : Block
{
    public override bool TakesCacheControl => false;

    public override void Write(Utf8JsonWriter json) =>
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(block), skipInputValidation: true);

    protected override void WriteMembers(Utf8JsonWriter json) => throw new NotSupportedException("The block is written whole.");
}
