using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tollgate.Cli.Usage;

/// <summary><c>tollgate usage rebuild</c>: sums days up again from their rows.</summary>
internal static class RebuildCommand
{
    public static Command Create(Surroundings around)
    {
        var options = new PeriodOptions();
        var command = new Command("rebuild", "Sums days up again from their rows. Days whose rows are deleted keep their sums.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!options.TryRead(parsed, around.Error, out var period))
            {
                return ExitCode.Wrong;
            }
            await using var store = Store.Open(period.Config, around);
            var days = await store.Rollups.RebuildAsync(period.Tenant, period.From, period.To, around.Time.GetUtcNow(), cancellationToken);
            await around.Output.WriteLineAsync(parsed.GetValue(options.Json)
                ? new JsonObject { ["days"] = days }.ToJsonString(JsonSerializerOptions.Web)
                : $"Summed up again: {days} {(days == 1 ? "day of a tenant" : "days of tenants")}.");
            return ExitCode.Done;
        });
        return command;
    }
}
