namespace Tollgate.Cli;

/// <summary>What the tool sees of the process it runs in.</summary>
/// <param name="Environment">Gives environment variables.</param>
/// <param name="Output">Takes results.</param>
/// <param name="Error">Takes errors and progress.</param>
/// <param name="IsTerminal">Somebody watches <paramref name="Error"/>: progress is shown.</param>
/// <param name="Time">The clock.</param>
internal sealed record Surroundings(Func<string, string?> Environment, TextWriter Output, TextWriter Error, bool IsTerminal, TimeProvider Time)
{
    public static Surroundings OfProcess() => new(System.Environment.GetEnvironmentVariable, Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);
}
