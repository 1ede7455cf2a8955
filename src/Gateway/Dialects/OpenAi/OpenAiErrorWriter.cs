using System.Buffers;
using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Dialects.OpenAi;

/// <summary>Writes <c>{"error":{"message","type","param","code"}}</c>, as a body or as the last event of a stream.</summary>
internal static class OpenAiErrorWriter
{
    public static void Write(IBufferWriter<byte> output, CallerError error)
    {
        using var json = new Utf8JsonWriter(output, OpenAiJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteEvent(IBufferWriter<byte> output, CallerError error)
    {
        output.Write("data: "u8);
        Write(output, error);
        output.Write("\n\n"u8);
    }
}
