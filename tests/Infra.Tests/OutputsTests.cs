using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>azd writes outputs into its environment and into user secrets, and Azure keeps them in the deployment's history.</summary>
public sealed class OutputsTests
{
    [Fact]
    public void Outputs_Names_AreExactlyThese() =>
        Assert.Equal(
            [
                "AZURE_RESOURCE_GROUP", "TOLLGATE_BASE_URL", "TOLLGATE_FUNCTION_APP", "TOLLGATE_SECOND_BASE_URL", "TOLLGATE_SECOND_FUNCTION_APP",
                "TOLLGATE_STORAGE_NAME", "TOLLGATE_VAULT_NAME",
            ],
            Project.Template["outputs"]!.AsObject().Select(output => output.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Outputs_OfEveryModule_HoldNoSecret()
    {
        var outputs = OutputsIn(Project.Template).ToArray();

        Assert.True(outputs.Length > 10);
        Assert.All(outputs, output => Assert.DoesNotMatch("(?i)\\blist[a-z]*\\(|ConnectionString|InstrumentationKey|AccountKey|SharedAccess|Password|secure", output));
    }

    [Fact]
    public void Template_Anywhere_ReadsNoKey() => Assert.DoesNotMatch("\\blist[A-Z][A-Za-z]*\\(", Project.Template.ToJsonString());

    private static IEnumerable<string> OutputsIn(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(property => property is { Key: "outputs", Value: JsonObject outputs }
            ? outputs.Select(output => output.Value!.ToJsonString())
            : OutputsIn(property.Value)),
        JsonArray array => array.SelectMany(OutputsIn),
        _ => [],
    };
}
