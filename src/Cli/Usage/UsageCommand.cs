using System.CommandLine;

namespace Tollgate.Cli.Usage;

/// <summary><c>tollgate usage</c>.</summary>
internal static class UsageCommand
{
    public static Command Create(Surroundings around) => new("usage", "Rows of calls and their daily sums.")
    {
        RerateCommand.Create(around),
        RebuildCommand.Create(around),
    };
}
