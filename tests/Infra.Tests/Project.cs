using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>Where things are, and the Bicep command line.</summary>
internal static class Project
{
    public static string Root { get; } = Told("RepositoryRoot");

    /// <summary>infra/main.bicep as this build compiled it.</summary>
    public static JsonNode Template { get; } = JsonNode.Parse(File.ReadAllText(Told("BicepTemplate")))!;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    public static (int Status, string Output) Snapshot(string parameters, string mode) =>
        Run(new ProcessStartInfo(Told("BicepPath"), ["snapshot", parameters, "--mode", mode, .. Told("SnapshotScope").Split(' ')]));

    /// <summary>Runs a program without a keyboard.</summary>
    public static (int Status, string Output) Run(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    private static string Told(string name) =>
        typeof(Project).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;
}
