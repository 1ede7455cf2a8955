namespace Tollgate.Cli;

/// <summary>What scripts go by.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Not all was done: the output says what was not.</summary>
    public const int Partly = 1;

    /// <summary>The command line, or the configuration, cannot be used. Nothing was done.</summary>
    public const int Wrong = 2;
}
