using System.Text.Json;

namespace Tollgate.Configuration;

/// <summary>Reads <c>gateway.json</c>: form first, then every rule of <see cref="ConfigValidator"/>, so that all problems are told at once.</summary>
internal static class ConfigReader
{
    /// <exception cref="ConfigurationException">Not JSON, or breaks a rule.</exception>
    public static GatewayConfig Read(ReadOnlySpan<byte> json, string source)
    {
        GatewayConfig config;
        try
        {
            config = JsonSerializer.Deserialize(json, ConfigJson.Default.GatewayConfig)
                ?? throw new ConfigurationException(source, ["the file must hold a JSON object."]);
        }
        catch (JsonException wrong)
        {
            throw new ConfigurationException(source, [Describe(wrong)]);
        }
        var problems = ConfigValidator.Check(config);
        return problems.Count == 0 ? config : throw new ConfigurationException(source, problems);
    }

    private static string Describe(JsonException wrong)
    {
        var at = wrong.Path is { Length: > 2 } path ? $"'{path[2..]}': " : "";
        return $"{at}not valid JSON or a value of the wrong type, at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.";
    }
}
