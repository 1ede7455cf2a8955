using System.Text;

namespace Tollgate.Secrets;

/// <summary>What a store holds behind a reference: a value, or a clause that says why there is none. A class without a text form, so that no message can quote it.</summary>
internal sealed class Secret
{
    private readonly string? problemInHeader;

    private Secret(string? value, string? problem)
    {
        Value = value;
        Problem = problem;
        problemInHeader = problem ?? ProblemInHeader(value!);
    }

    /// <summary>Without white space at its ends, which editors and pipes leave; null where there is a problem.</summary>
    public string? Value { get; }

    /// <summary>Why there is no value, a clause; null where there is one.</summary>
    public string? Problem { get; }

    public static Secret Of(string? value) => value?.Trim() is { Length: > 0 } text ? new(text, null) : Missing("it is empty");

    /// <param name="problem">A clause: <c>it is not set in the environment</c>.</param>
    public static Secret Missing(string problem) => new(null, problem);

    /// <summary>Why a provider of this kind cannot use it; null where it can. Vertex takes a file's text, the others send the secret in a header.</summary>
    public string? ProblemFor(string kind) => kind == "vertex" ? Problem : problemInHeader;

    private static string? ProblemInHeader(string value) =>
        !Ascii.IsValid(value) ? "it holds a character outside ASCII, which no header can carry"
        : value.Any(char.IsControl) ? "it holds a line break or another control character, which no header can carry"
        : null;
}
