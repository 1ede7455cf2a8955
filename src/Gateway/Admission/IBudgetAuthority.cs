using System.Collections.Concurrent;
using Tollgate.Tenants;

namespace Tollgate.Admission;

/// <summary>Decides how much of a tenant's budget a call may hold.</summary>
internal interface IBudgetAuthority
{
    /// <summary>Holds the bound until it is settled.</summary>
    /// <exception cref="BudgetRefusedException">A limit leaves no room.</exception>
    Reservation Reserve(Tenant tenant, in CallBound bound);
}

/// <summary>Budgets kept in this process: for one instance, as LocalHost is.</summary>
internal sealed class InProcessBudgets(TimeProvider time) : IBudgetAuthority
{
    private readonly ConcurrentDictionary<string, BudgetAccount> accounts = new(StringComparer.Ordinal);

    public Reservation Reserve(Tenant tenant, in CallBound bound)
    {
        if (!accounts.TryGetValue(tenant.Id, out var account))
        {
            account = accounts.GetOrAdd(tenant.Id, new BudgetAccount(tenant.Limits, time));
        }
        account.Adopt(tenant.Limits);
        return account.Reserve(bound);
    }
}
