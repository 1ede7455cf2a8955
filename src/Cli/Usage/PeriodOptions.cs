using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tollgate.Cli.Usage;

/// <summary>The options that say which usage a command works on.</summary>
internal sealed class PeriodOptions
{
    private readonly Option<DateTimeOffset> from = At("--from", "First day, UTC, as 2026-11-01; or a moment, as 2026-11-01T12:00:00Z.");
    private readonly Option<DateTimeOffset> to = At("--to", "The day, or the moment, after the last.");
    private readonly Option<string?> tenant = new("--tenant") { Description = "One tenant's id; all tenants without it." };
    private readonly Option<string?> config = new("--config") { Description = "Path of gateway.json; else TOLLGATE_CONFIG names it, else it is in the current folder." };

    /// <summary>JSON on the output, for scripts.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Writes JSON, for scripts." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[from, to, tenant, config, Json])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads them; says what is wrong with them on the error stream.</summary>
    public bool TryRead(ParseResult parsed, TextWriter error, out Period period)
    {
        period = new Period(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(tenant), parsed.GetValue(config));
        if (period.From < period.To)
        {
            return true;
        }
        error.WriteLine("--to must be later than --from: it is the day after the last.");
        return false;
    }

    private static Option<DateTimeOffset> At(string name, string description) => new(name) { Description = description, Required = true, CustomParser = Parse };

    private static DateTimeOffset Parse(ArgumentResult result)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(result.Tokens[0].Value, ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK"], CultureInfo.InvariantCulture, Utc, out var at))
        {
            return at;
        }
        result.AddError($"'{result.Tokens[0].Value}' is not a day such as 2026-11-01, or a moment such as 2026-11-01T12:00:00Z.");
        return default;
    }
}

/// <param name="From">First moment.</param>
/// <param name="To">The moment after the last.</param>
/// <param name="Tenant">Null: all.</param>
/// <param name="Config">Path of gateway.json; null where not said.</param>
internal sealed record Period(DateTimeOffset From, DateTimeOffset To, string? Tenant, string? Config);
