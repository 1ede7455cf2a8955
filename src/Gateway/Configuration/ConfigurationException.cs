namespace Tollgate.Configuration;

/// <summary>The configuration cannot be used. Each problem names the setting, its value and what is allowed.</summary>
public sealed class ConfigurationException(string source, IReadOnlyList<string> problems)
    : Exception($"{source} cannot be used:{string.Concat(problems.Select(problem => $"{Environment.NewLine}  - {problem}"))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
