namespace Tollgate.Admission;

/// <summary>What becomes of a tenant's calls while something they are to be checked against or noted in cannot be reached.</summary>
internal enum OutagePolicy
{
    /// <summary>They are refused: nothing is overspent, nothing goes unnoted.</summary>
    Refuse,

    /// <summary>They go on.</summary>
    Allow,
}

internal static class OutagePolicies
{
    /// <summary>The words in <c>gateway.json</c> and the tables, in the order of <see cref="OutagePolicy"/>.</summary>
    public static readonly string[] Words = ["refuse", "allow"];

    /// <summary>Of a word that is checked; the default where there is none.</summary>
    public static OutagePolicy Of(string? word) => word is null ? OutagePolicy.Refuse : (OutagePolicy)Array.IndexOf(Words, word);
}
