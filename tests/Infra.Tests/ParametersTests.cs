using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>The Bicep, the file azd fills in and the documentation name the same parameters with the same defaults.</summary>
public sealed class ParametersTests
{
    private static readonly JsonObject Declared = Project.Template["parameters"]!.AsObject();
    private static readonly JsonObject Filled = JsonNode.Parse(Project.Read("infra", "main.parameters.json"))!["parameters"]!.AsObject();

    public static TheoryData<string> Names { get; } = [.. Declared.Select(parameter => parameter.Key)];

    [Fact]
    public void Parameters_Filled_AreTheDeclaredOnes() =>
        Assert.Equal(Declared.Select(parameter => parameter.Key), Filled.Select(parameter => parameter.Key));

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameter_Default_IsTheSameInTheFileAndTheDocumentation(string name)
    {
        var (variable, filled) = Variable(name);
        var declared = Text(Declared[name]!["defaultValue"]);

        Assert.Equal(declared, filled);
        Assert.Contains($"| `{name}` | `{variable}` | {(declared.Length == 0 ? "" : $"`{declared}` ")}|", Project.Read("docs", "azure.md"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameter_Variable_IsHandedOnByTheWorkflow(string name)
    {
        var (variable, _) = Variable(name);

        // azd finds out itself who deploys.
        if (!variable.StartsWith("AZURE_PRINCIPAL_", StringComparison.Ordinal))
            Assert.Contains($"      {variable}: ${{{{ vars.{variable} }}}}\n", Project.Read(".github", "workflows", "ci.yml"), StringComparison.Ordinal);
    }

    /// <summary>Of <c>${VARIABLE=default}</c> or <c>${VARIABLE}</c>.</summary>
    private static (string Name, string Default) Variable(string parameter)
    {
        var filled = (string)Filled[parameter]!["value"]!;
        Assert.StartsWith("${", filled, StringComparison.Ordinal);
        Assert.EndsWith("}", filled, StringComparison.Ordinal);
        var parts = filled[2..^1].Split('=');
        return (parts[0], parts.ElementAtOrDefault(1) ?? "");
    }

    private static string Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string)value! : value?.ToJsonString() ?? "";
}
