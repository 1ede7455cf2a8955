using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tollgate.Admission;
using Tollgate.Errors;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary>Reads what is asked of usage from the query.</summary>
internal sealed class UsageRequest(HttpRequest request)
{
    /// <summary>Longest time of a listing, in days: a leap year; a month where rows have to be read.</summary>
    public const int MostDays = 366, MostDaysByUser = 31;

    /// <summary>Groups of a page unless said otherwise.</summary>
    public const int UsualGroups = 1000;

    /// <summary>The answer is to be CSV: <c>format</c> says so, or else the header <c>Accept</c>.</summary>
    /// <exception cref="CallerErrorException">400: an unknown format.</exception>
    public bool IsCsv => Word("format", ["json", "csv"]) is { } format ? format == "csv" : Accepts("text/csv");

    public bool Has(string param) => Text(param) is not null;

    /// <summary>One of some words; null when it is not given.</summary>
    /// <exception cref="CallerErrorException">400: another.</exception>
    public string? Word(string param, string[] allowed) => Text(param) is not { } word || allowed.Contains(word)
        ? Text(param)
        : throw Wrong(param, $"must be one of {string.Join(", ", allowed)}.");

    /// <summary>The value; null when it is not given, or empty.</summary>
    public string? Text(string param) => request.Query[param].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>What is asked for.</summary>
    /// <param name="now">The time it is: without <c>from</c> and <c>to</c>, a listing is of the current month, UTC, up to now.</param>
    /// <param name="allowed">What it may be summed up by.</param>
    /// <param name="usual">What it is summed up by when nothing is said.</param>
    /// <param name="mostGroups">Most groups of a page.</param>
    /// <exception cref="CallerErrorException">400: something is wrong, by its name.</exception>
    public UsageListing Read(DateTimeOffset now, UsageDimension[] allowed, UsageDimension usual, int mostGroups)
    {
        var by = By(allowed) ?? [usual];
        var cursor = Cursor(by);
        var from = Date("from") ?? (cursor is null ? LimitWindow.Month.At(now, TimeZoneInfo.Utc).Start : new DateTimeOffset(cursor.From, TimeSpan.Zero));
        var to = Date("to") ?? (cursor is null ? now.AddSeconds(1) : new DateTimeOffset(cursor.To, TimeSpan.Zero));
        if (to <= from)
        {
            throw Wrong("to", "must be later than 'from'.");
        }
        var mostDays = by.Contains(UsageDimension.User) ? MostDaysByUser : MostDays;
        if (to - from > TimeSpan.FromDays(mostDays))
        {
            throw Wrong("from", string.Create(CultureInfo.InvariantCulture, $"is more than {mostDays} days before 'to'{(mostDays == MostDaysByUser ? $"; {MostDays} are possible without the user" : "")}."));
        }
        return new UsageListing(from, to, by, Number("limit", mostGroups) ?? Math.Min(UsualGroups, mostGroups), cursor?.After);
    }

    private DateTimeOffset? Date(string param)
    {
        if (Text(param) is not { } text)
        {
            return null;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUniversalTime()
            : throw Wrong(param, "must be a date such as 2026-11-01 or 2026-11-01T00:00:00Z.");
    }

    /// <summary>Several are separated by commas, or given by several parameters.</summary>
    private List<UsageDimension>? By(UsageDimension[] allowed)
    {
        if (Text("group_by") is not { } text)
        {
            return null;
        }
        var by = new List<UsageDimension>();
        foreach (var word in text.Split(','))
        {
            var dimension = (UsageDimension)Array.IndexOf(UsageDimensions.Words, word.Trim());
            if (!allowed.Contains(dimension) || by.Contains(dimension))
            {
                throw Wrong("group_by", $"must be one or several of {string.Join(", ", allowed.Select(each => each.Word()))}, each once, with commas between them.");
            }
            by.Add(dimension);
        }
        return by;
    }

    private UsageCursor? Cursor(List<UsageDimension> by)
    {
        if (Text("after") is not { } text)
        {
            return null;
        }
        return UsageCursor.Read(text) is { } cursor && cursor.By == UsageReport.Words(by) && IsTime(cursor.From) && IsTime(cursor.To) && IsPosition(cursor.After, by)
            ? cursor
            : throw Wrong("after", "must be 'next' of a page with the same 'group_by'.");
    }

    private static bool IsTime(long ticks) => ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;

    private static bool IsPosition(IReadOnlyList<string?> after, List<UsageDimension> by) =>
        (after.Count == by.Count || (after.Count == 1 && by[0] == UsageDimension.Tenant))
        && after.Zip(by).All(value => value.Second switch
        {
            UsageDimension.Tenant => value.First is { Length: > 0 },
            UsageDimension.Day => DateOnly.TryParseExact(value.First, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            _ => true,
        });

    private int? Number(string param, int most) => Text(param) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
        : throw Wrong(param, string.Create(CultureInfo.InvariantCulture, $"must be a number from 1 to {most}."));

    /// <summary>It is wanted more than JSON.</summary>
    private bool Accepts(string type) => request.GetTypedHeaders().Accept
        .Where(accepted => accepted.Quality is not 0)
        .OrderByDescending(accepted => accepted.Quality ?? 1)
        .FirstOrDefault(accepted => accepted.MediaType == type || new MediaTypeHeaderValue("application/json").IsSubsetOf(accepted))?.MediaType == type;

    private static CallerErrorException Wrong(string param, string why) => CallerErrorException.Invalid($"'{param}' {why}", param, "invalid_value");
}
