using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>What a deployment with one of the parameter files here would create, predicted from the Bicep as it is now.</summary>
public sealed class Prediction
{
    private readonly JsonNode snapshot;

    private Prediction(JsonNode snapshot) => this.snapshot = snapshot;

    /// <summary>Nothing but the defaults, deployed by a person.</summary>
    public static Prediction Main { get; } = Of("main");

    /// <summary>Every option on, deployed by nobody in particular.</summary>
    public static Prediction Full { get; } = Of("full");

    public static TheoryData<string> Names { get; } = ["main", "full"];

    public IEnumerable<JsonNode> Resources => snapshot["predictedResources"]!.AsArray().Select(resource => resource!);

    public static Prediction Named(string name) => name == "main" ? Main : Full;

    public IReadOnlyList<JsonNode> OfType(string type) => [.. Resources.Where(resource => (string?)resource["type"] == type)];

    /// <summary>A site's app settings by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(JsonNode site) =>
        site["properties"]!["siteConfig"]!["appSettings"]!.AsArray().ToDictionary(setting => (string)setting!["name"]!, setting => (string)setting!["value"]!);

    /// <summary>A snapshot is written beside its parameters, so they are copied with what they refer to: the committed one stays as it is.</summary>
    private static Prediction Of(string name)
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-infra");
        try
        {
            var infra = Project.PathOf("infra");
            foreach (var file in Directory.EnumerateFiles(infra, "*.bicep", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder.FullName, "infra", Path.GetRelativePath(infra, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            var tests = folder.CreateSubdirectory("tests/Infra.Tests").FullName;
            var parameters = Path.Combine(tests, $"{name}.bicepparam");
            File.Copy(Project.PathOf("tests", "Infra.Tests", $"{name}.bicepparam"), parameters);
            var (status, output) = Project.Snapshot(parameters, "overwrite");
            return status == 0
                ? new Prediction(JsonNode.Parse(File.ReadAllText(Path.Combine(tests, $"{name}.snapshot.json")))!)
                : throw new InvalidOperationException(output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
