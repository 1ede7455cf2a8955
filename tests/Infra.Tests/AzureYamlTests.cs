namespace Tollgate.Infra.Tests;

public sealed class AzureYamlTests
{
    [Fact]
    public void Service_Project_IsTheAzureHead() => Assert.True(File.Exists(Project.PathOf(AzureYaml.ProjectFolder, "Functions.csproj")));

    [Fact]
    public void Hooks_Both_HaveAKeyboardAndAScriptForEachSystem()
    {
        string[] hooks = ["postdeploy", "postprovision"];

        Assert.Equal(
            hooks.SelectMany(hook => new[]
            {
                (hook, "posix", $"{{ shell: sh, run: infra/hooks/{hook}.sh, interactive: true }}"),
                (hook, "windows", $"{{ shell: pwsh, run: infra/hooks/{hook}.ps1, interactive: true }}"),
            }),
            AzureYaml.Hooks.Order());
        Assert.All(hooks.Append("create-tenant").Append("common"), script =>
        {
            Assert.True(File.Exists(Project.PathOf("infra", "hooks", $"{script}.sh")));
            Assert.True(File.Exists(Project.PathOf("infra", "hooks", $"{script}.ps1")));
        });
    }

    [Fact]
    public void Infra_ParameterFile_IsNotShadowed() =>
        // azd prefers main.bicepparam and would then ask for every parameter.
        Assert.Empty(Directory.EnumerateFiles(Project.PathOf("infra"), "*.bicepparam", SearchOption.AllDirectories));
}
