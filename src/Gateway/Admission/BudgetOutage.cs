namespace Tollgate.Admission;

/// <summary>What becomes of a tenant's calls while its budgets cannot be looked up.</summary>
internal enum BudgetOutage
{
    /// <summary>They are refused: no budget is ever overspent.</summary>
    Refuse,

    /// <summary>They go on without a reservation.</summary>
    Allow,
}

internal static class BudgetOutages
{
    /// <summary>The words in <c>gateway.json</c> and the tables, in the order of <see cref="BudgetOutage"/>.</summary>
    public static readonly string[] Words = ["refuse", "allow"];

    /// <summary>Of a word that is checked; the default where there is none.</summary>
    public static BudgetOutage Of(string? word) => word is null ? BudgetOutage.Refuse : (BudgetOutage)Array.IndexOf(Words, word);
}
