using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Budgets.Entities;

/// <summary>
/// A scope's id as the key of an entity and of a table's partition: <c>/</c>, which neither takes, becomes <c>!</c>, which no name holds; one that is
/// too long becomes a hash.
/// </summary>
internal static class ScopeKey
{
    /// <summary>With the entity's name no longer than what the Durable Task Scheduler takes for an id, 100 characters.</summary>
    private const int Longest = 80;

    /// <summary>The key of a scope.</summary>
    public static string Of(string scope) => scope.Length <= Longest
        ? scope.Replace('/', '!')
        : $"{scope[..scope.IndexOf(':', StringComparison.Ordinal)]}!{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope)))}";
}
