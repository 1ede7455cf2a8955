using Tollgate.Configuration;

namespace Tollgate.Routing;

/// <summary>Where this instance runs: preferred among targets that are as good as each other.</summary>
/// <param name="Name">In lower case without blanks; empty where nobody says.</param>
internal sealed record OwnRegion(string Name)
{
    /// <summary>The setting's, else what Azure tells every app: its region's display name, e.g. <c>East US</c>.</summary>
    public static OwnRegion Read(Func<string, string?> environment) =>
        new(Plain(environment(HostSettings.Region) is { Length: > 0 } set ? set : environment(HostSettings.AzureRegion) ?? ""));

    /// <summary><c>East US</c>, <c>eastus</c> and <c>EastUS</c> are one.</summary>
    public static string Plain(string region) => region.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    public bool Is(Deployment deployment) => Name.Length > 0 && deployment.PlainRegion == Name;
}
