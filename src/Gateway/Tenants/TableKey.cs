using Azure.Data.Tables;
using Tollgate.Configuration;
using Tollgate.Tables;

namespace Tollgate.Tenants;

/// <summary>A row of table <c>Keys</c>: PartitionKey is the first two digits of the key's SHA-256, RowKey all 64.</summary>
/// <param name="tenant">The id of the tenant it belongs to.</param>
/// <param name="name">What it is called in the usage.</param>
/// <param name="expires">From then on it is nobody's.</param>
/// <param name="readsTenant">It may read what the whole tenant used.</param>
internal sealed class TableKey(string tenant, string name, DateTimeOffset? expires, bool readsTenant)
{
    public const string Table = "Keys";

    /// <summary>Stands for a row that cannot be understood.</summary>
    public static readonly TableKey Unusable = new("", "", null, readsTenant: false);

    private Caller? caller;

    public string Tenant => tenant;

    public DateTimeOffset? Expires => expires;

    /// <summary>The same object as long as the tenant is the same, so that a call makes none.</summary>
    public Caller CallerOf(Tenant owner) => caller is { } known && ReferenceEquals(known.Tenant, owner) ? known : caller = new Caller(owner, name) { ReadsTenant = readsTenant };

    /// <summary>The key; null when it is disabled; <see cref="Unusable"/> with the reasons.</summary>
    public static TableKey? Read(TableEntity row, out IReadOnlyList<string> problems)
    {
        var columns = new RowReader(row);
        var key = new TableKey(Named(columns, "Tenant", slash: false), Named(columns, "Name", slash: true), columns.Date("Expires"), columns.Flag("ReadsTenant"));
        var disabled = columns.Flag("Disabled");
        problems = [.. columns.Problems];
        return disabled ? null : problems.Count > 0 ? Unusable : key;
    }

    private static string Named(RowReader columns, string column, bool slash)
    {
        var name = columns.Text(column) ?? "";
        if (!ConfigValidator.IsName(name) || (!slash && name.Contains('/')))
        {
            columns.Wrong(column, $"must be 1 to 128 letters, digits and . _ : {(slash ? "/ " : "")}-.");
        }
        return name;
    }
}
