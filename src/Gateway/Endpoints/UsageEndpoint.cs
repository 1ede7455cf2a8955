using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Admission;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Tenants;

namespace Tollgate.Endpoints;

/// <summary><c>GET /v1/usage?from=…&amp;to=…</c>: what the caller's own key used, by model and in all. Default: the current month, UTC.</summary>
internal sealed class UsageEndpoint(Authenticator authenticator, IUsageLedger ledger, TimeProvider time)
{
    public Task GetAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        var caller = await authenticator.AuthenticateAsync(http.Request);
        var now = time.GetUtcNow();
        var from = Date(http, "from") ?? LimitWindow.Month.At(now, TimeZoneInfo.Utc).Start;
        var to = Date(http, "to") ?? now.AddSeconds(1);
        if (to <= from)
        {
            throw CallerErrorException.Invalid("'to' must be later than 'from'.", "to", "invalid_value");
        }
        var totals = await ledger.ReadAsync(caller.Tenant.Id, caller.Key, from, to, http.RequestAborted);
        return json => Write(json, caller, from, to, totals);
    });

    private static DateTimeOffset? Date(HttpContext http, string param)
    {
        if (http.Request.Query[param] is not [{ Length: > 0 } text])
        {
            return null;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUniversalTime()
            : throw CallerErrorException.Invalid($"'{param}' must be a date such as 2026-11-01 or 2026-11-01T00:00:00Z.", param, "invalid_value");
    }

    private static void Write(Utf8JsonWriter json, Caller caller, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<UsageTotal> totals)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "usage"u8);
        json.WriteString("tenant"u8, caller.Tenant.Id);
        json.WriteString("key"u8, caller.Key);
        json.WriteString("from"u8, from);
        json.WriteString("to"u8, to);
        WriteSums(json, new UsageTotal(
            "",
            totals.Sum(total => total.Requests),
            totals.Sum(total => total.PromptTokens),
            totals.Sum(total => total.CachedTokens),
            totals.Sum(total => total.CompletionTokens),
            totals.Sum(total => total.ReasoningTokens),
            totals.Sum(total => total.CostMicroUsd)));
        json.WriteStartArray("models"u8);
        foreach (var total in totals)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, total.Model);
            WriteSums(json, total);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSums(Utf8JsonWriter json, UsageTotal total)
    {
        json.WriteNumber("requests"u8, total.Requests);
        json.WriteNumber("prompt_tokens"u8, total.PromptTokens);
        json.WriteNumber("cached_tokens"u8, total.CachedTokens);
        json.WriteNumber("completion_tokens"u8, total.CompletionTokens);
        json.WriteNumber("reasoning_tokens"u8, total.ReasoningTokens);
        json.WriteNumber("cost_micro_usd"u8, total.CostMicroUsd);
    }
}
