namespace Tollgate.Infra.Tests;

/// <summary>The little of azure.yaml that has to agree with other files.</summary>
internal static class AzureYaml
{
    private static readonly string[] Lines = Project.Read("azure.yaml").Split('\n');

    public static string Service { get; } = Lines[Array.IndexOf(Lines, "services:") + 1].Trim().TrimEnd(':');

    public static string ProjectFolder { get; } = Lines.Single(line => line.StartsWith("    project: ", StringComparison.Ordinal)).Split(": ")[1];

    /// <summary>Hook, system, and the rest of the line, in braces.</summary>
    public static IReadOnlyList<(string Hook, string System, string Settings)> Hooks { get; } = [.. ReadHooks()];

    private static IEnumerable<(string Hook, string System, string Settings)> ReadHooks()
    {
        var hook = "";
        foreach (var line in Lines.SkipWhile(line => line != "hooks:").Skip(1).Where(line => line.Length > 0))
        {
            var (name, settings) = (line.Split(':', 2)[0], line.Split(':', 2)[1].Trim());
            if (settings.Length == 0)
                hook = name.Trim();
            else
                yield return (hook, name.Trim(), settings);
        }
    }
}
