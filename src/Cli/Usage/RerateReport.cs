using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Tollgate.Ledger.Rerating;

namespace Tollgate.Cli.Usage;

/// <summary>What a re-rating came to, for people and for scripts.</summary>
internal sealed class RerateReport(RerateRequest request, string catalogueVersion, IReadOnlyList<TenantRerate> tenants)
{
    /// <summary>Wide enough for every column where no terminal says how wide it is.</summary>
    private const int Width = 140;

    /// <summary>One object on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new RerateJson(request.Apply, request.From, request.To, catalogueVersion, [.. tenants.Select(Row)]), RerateJsonContext.Default.RerateJson);

    public void WriteTo(TextWriter output, DateTimeOffset now)
    {
        output.WriteLine(request.Apply ? $"Rated again by price list {catalogueVersion}." : $"Dry run by price list {catalogueVersion}: nothing is changed. --apply writes it.");
        WriteTable(output);
        foreach (var tenant in tenants)
        {
            WriteNotes(output, tenant);
        }
        WriteClosing(output, now);
    }

    private void WriteTable(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = Width;
        var table = new Table().Border(TableBorder.Simple).AddColumn("Tenant");
        foreach (var column in (string[])["Calls", "Changed", "Old USD", "New USD", "Difference", "Not rated"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }
        foreach (var tenant in tenants)
        {
            Add(table, tenant.Tenant, tenant.Rows, tenant.Changed, tenant.OldMicroUsd, tenant.NewMicroUsd, NotRated(tenant));
        }
        Add(table, "Total", tenants.Sum(all => all.Rows), tenants.Sum(all => all.Changed), tenants.Sum(all => all.OldMicroUsd), tenants.Sum(all => all.NewMicroUsd), tenants.Sum(NotRated));
        console.Write(table);
    }

    /// <summary>As plain text: a tenant's id may hold what a table takes for markup.</summary>
    private static void Add(Table table, string tenant, long rows, long changed, long old, long current, long notRated)
    {
        string[] cells = [tenant, Number(rows), Number(changed), Usd(old), Usd(current), Usd(current - old), Number(notRated)];
        table.AddRow(cells.Select(cell => new Text(cell)));
    }

    private static void WriteNotes(TextWriter output, TenantRerate tenant)
    {
        Note(tenant.Count(RatingOutcome.NoDeployment), "went to a deployment that the configuration no longer has");
        Note(tenant.Count(RatingOutcome.NoPrice), "went to a deployment that has no price any more");
        Note(tenant.Count(RatingOutcome.NotSplit), "were written by an older version, without all that their cost depends on");
        Note(tenant.Conflicts, "changed meanwhile; run it again");
        Note(tenant.Count(RatingOutcome.Bound), "are charged with their bounds, which no price changes");
        if (tenant.SealedDays.Count > 0)
        {
            output.WriteLine($"{tenant.Tenant}: the rows of {string.Join(", ", tenant.SealedDays.Select(Day))} are deleted, only their sums are kept; they cannot be rated again.");
        }

        void Note(long count, string what)
        {
            if (count > 0)
            {
                output.WriteLine($"{tenant.Tenant}: {Number(count)} calls {what}.");
            }
        }
    }

    /// <summary>The timer looks at the days of this month and the last alone.</summary>
    private void WriteClosing(TextWriter output, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var reach = today.AddDays(1 - today.Day).AddMonths(-1);
        DateOnly[] old = request.Apply ? [.. tenants.SelectMany(tenant => tenant.Days).Where(day => day < reach).Order()] : [];
        if (old.Length > 0)
        {
            output.WriteLine($"The sums of {Day(old[0])} to {Day(old[^1])} are right, but open. In 10 minutes, close them: tollgate usage rebuild --from {Day(old[0])} --to {Day(old[^1].AddDays(1))}");
        }
    }

    private static RerateJsonTenant Row(TenantRerate tenant) => new(
        tenant.Tenant,
        tenant.Rows,
        tenant.Changed,
        tenant.OldMicroUsd,
        tenant.NewMicroUsd,
        tenant.Count(RatingOutcome.NoDeployment),
        tenant.Count(RatingOutcome.NoPrice),
        tenant.Count(RatingOutcome.NotSplit),
        tenant.Count(RatingOutcome.Bound),
        tenant.Conflicts,
        tenant.SealedDays);

    private static long NotRated(TenantRerate tenant) =>
        tenant.Count(RatingOutcome.NoDeployment) + tenant.Count(RatingOutcome.NoPrice) + tenant.Count(RatingOutcome.NotSplit) + tenant.Conflicts;

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Usd(long microUsd) => (microUsd / 1_000_000m).ToString("N6", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}

/// <summary>Money is micro-USD.</summary>
internal sealed record RerateJson(bool Applied, DateTimeOffset From, DateTimeOffset To, string PriceVersion, IReadOnlyList<RerateJsonTenant> Tenants);

internal sealed record RerateJsonTenant(
    string Tenant,
    long Calls,
    long Changed,
    long OldMicroUsd,
    long NewMicroUsd,
    long NoDeployment,
    long NoPrice,
    long NotSplit,
    long Bounds,
    long Conflicts,
    IReadOnlyList<DateOnly> SealedDays);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RerateJson))]
internal sealed partial class RerateJsonContext : JsonSerializerContext;
