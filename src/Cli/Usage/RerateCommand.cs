using System.CommandLine;
using Spectre.Console;
using Tollgate.Ledger.Rerating;

namespace Tollgate.Cli.Usage;

/// <summary><c>tollgate usage rerate</c>: rates calls again by the price book as it is now, and writes that only when told to.</summary>
internal static class RerateCommand
{
    public static Command Create(Surroundings around)
    {
        var options = new PeriodOptions();
        var version = new Option<string?>("--price-version") { Description = "Only calls that were rated with this price list." };
        var apply = new Option<bool>("--apply") { Description = "Writes the new costs. Without it, nothing is changed." };
        var command = new Command("rerate", "Rates calls again by the prices as they are now. A row keeps its first cost and price version.") { version, apply };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!options.TryRead(parsed, around.Error, out var period))
            {
                return ExitCode.Wrong;
            }
            var request = new RerateRequest(period.Tenant, period.From, period.To, parsed.GetValue(version), parsed.GetValue(apply));
            await using var store = Store.Open(period.Config, around);
            var tenants = await RunAsync(store, request, around, cancellationToken);
            var report = new RerateReport(request, store.CatalogueVersion, tenants);
            if (parsed.GetValue(options.Json))
            {
                await around.Output.WriteLineAsync(report.ToJson());
            }
            else
            {
                report.WriteTo(around.Output, around.Time.GetUtcNow());
            }
            return tenants.All(tenant => tenant.IsWhole) ? ExitCode.Done : ExitCode.Partly;
        });
        return command;
    }

    private static async Task<IReadOnlyList<TenantRerate>> RunAsync(Store store, RerateRequest request, Surroundings around, CancellationToken cancellationToken)
    {
        var now = around.Time.GetUtcNow();
        if (!around.IsTerminal)
        {
            return await store.Rerating.RerateAsync(request, store.Rater, now, looked: null, cancellationToken);
        }
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(around.Error) });
        return await terminal.Status().StartAsync("Rating calls …", async status =>
            await store.Rerating.RerateAsync(request, store.Rater, now, new Looked(rows => status.Status = $"Rating calls … {rows:N0}"), cancellationToken));
    }

    /// <summary>Told at once, in the order in which it is told.</summary>
    private sealed class Looked(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
