using Microsoft.AspNetCore.Http;
using Tollgate.Health;
using Tollgate.Ledger;

namespace Tollgate.Endpoints;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can take calls, or which dependency is missing.</summary>
internal sealed class HealthEndpoint(IUsageLedger ledger, IEnumerable<IDependency> dependencies)
{
    public static Task LiveAsync(HttpContext http) => WriteAsync(http, []);

    public async Task ReadyAsync(HttpContext http)
    {
        var found = await Task.WhenAll(dependencies.Select(dependency => dependency.FindProblemsAsync(http.RequestAborted).AsTask()));
        await WriteAsync(http, [.. found.SelectMany(problems => problems).Concat(ledger.Problem is { } problem ? [problem] : []).Distinct(StringComparer.Ordinal)]);
    }

    private static Task WriteAsync(HttpContext http, IReadOnlyList<string> problems) =>
        JsonEndpoint.WriteAsync(http, problems.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, problems.Count == 0 ? "ok" : "unavailable");
            if (problems.Count > 0)
            {
                json.WriteStartArray("problems"u8);
                foreach (var problem in problems)
                {
                    json.WriteStringValue(problem);
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });
}
