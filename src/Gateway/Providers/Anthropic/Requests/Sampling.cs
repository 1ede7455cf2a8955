using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>
/// <c>temperature</c>, <c>top_p</c>, <c>top_k</c>. Anthropic's temperature ends at 1; its models take one of temperature
/// and top_p, not both; a thinking model takes top_p from 0.95 on and nothing else; the newest models take none.
/// The value 1 is the default of temperature and top_p, so it can be left out without a loss.
/// </summary>
internal static class Sampling
{
    private const double LeastTopPWhileThinking = 0.95;

    public static void Write(Utf8JsonWriter json, ChatRequest request, ModelProfile model, bool thinks, Translation translation)
    {
        var temperature = request.Temperature is 1 ? null : request.Temperature;
        var topP = request.TopP is 1 ? null : request.TopP;
        var refusal = !model.TakesSampling ? "This model takes no sampling parameters." : thinks ? "Not taken while the model thinks." : null;
        if (temperature > 1)
        {
            translation.Drop("temperature", "Anthropic's temperature ends at 1.");
            temperature = 1;
        }
        if (temperature is { } degree && Keeps(refusal is null, "temperature", refusal))
        {
            json.WriteNumber("temperature"u8, degree);
        }
        if (topP is { } share
            && Keeps(refusal is null || (model.TakesSampling && share >= LeastTopPWhileThinking), "top_p", refusal)
            && Keeps(temperature is null || refusal is not null, "top_p", "Anthropic takes temperature or top_p, not both."))
        {
            json.WriteNumber("top_p"u8, share);
        }
        if (request.TopK is { } count && Keeps(refusal is null, "top_k", refusal))
        {
            json.WriteNumber("top_k"u8, count);
        }

        bool Keeps(bool keeps, string param, string? why)
        {
            if (!keeps)
            {
                translation.Drop(param, why!);
            }
            return keeps;
        }
    }
}
