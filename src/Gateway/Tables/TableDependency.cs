using Tollgate.Caching;
using Tollgate.Configuration;
using Tollgate.Health;

namespace Tollgate.Tables;

/// <summary>Asks whether the tables can be read, at most once in <see cref="Holds"/>, however often it is asked itself.</summary>
internal sealed class TableDependency : IDependency
{
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TableAccount account;
    private readonly IReadOnlyList<string> tables;
    private readonly TimeProvider time;
    private readonly FreshCache<string, IReadOnlyList<string>> answers;

    public TableDependency(TableAccount account, IReadOnlyList<string> tables, TimeProvider time)
    {
        (this.account, this.tables, this.time) = (account, tables, time);
        answers = new(AskAsync, capacity: 1, time);
    }

    public ValueTask<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken) => answers.GetAsync(account.Host, cancellationToken);

    private async Task<Read<IReadOnlyList<string>>> AskAsync(string host)
    {
        IReadOnlyList<string> problems = [];
        try
        {
            await Task.WhenAll(tables.Select(table => account.FindRowAsync(table, "readyz", "readyz"))).WaitAsync(Patience, time);
        }
        catch (TableUnavailableException missing)
        {
            problems = [missing.Message];
        }
        catch (TimeoutException)
        {
            problems = [$"{HostSettings.Tables}: the table service at {host} does not answer within {Patience.TotalSeconds} seconds."];
        }
        return new(problems, new Terms(Holds, Holds, Holds));
    }
}
