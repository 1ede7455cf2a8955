using Microsoft.AspNetCore.Http;
using Tollgate.Errors;
using Tollgate.Ledger.Reading;
using Tollgate.Tenants;

namespace Tollgate.Endpoints;

/// <summary>
/// <c>GET /v1/usage?from=…&amp;to=…&amp;group_by=…</c>: what the caller's own key used, or with <c>scope=tenant</c> its tenant. Default: the
/// current month, UTC, by model and in all.
/// </summary>
internal sealed class UsageEndpoint(Authenticator authenticator, UsagePages pages, TimeProvider time)
{
    /// <summary>Most groups of a page.</summary>
    public const int MostGroups = 10_000;

    private static readonly UsageDimension[] Dimensions = [UsageDimension.Model, UsageDimension.Key, UsageDimension.User, UsageDimension.Day];

    public Task GetAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        var caller = await authenticator.AuthenticateAsync(http.Request);
        var request = new UsageRequest(http.Request);
        var key = KeyOf(request, caller);
        var listing = request.Read(time.GetUtcNow(), Dimensions, UsageDimension.Model, MostGroups);
        var asCsv = request.IsCsv;
        if (asCsv || request.Has("group_by"))
        {
            await (await ReadAsync(listing)).WriteAsync(http, asCsv);
            return;
        }
        if (request.Has("limit") || request.Has("after"))
        {
            throw CallerErrorException.Invalid("'limit' and 'after' go with 'group_by'.", "group_by", "missing_required_parameter");
        }
        var report = await ReadAsync(listing with { Most = int.MaxValue });
        await JsonEndpoint.WriteAsync(http, StatusCodes.Status200OK, json => UsageJson.WriteModels(json, report));

        async Task<UsageReport> ReadAsync(UsageListing listing) =>
            new(caller.Tenant.Id, key, listing, await pages.ReadAsync(caller.Tenant.Id, key, listing, http.RequestAborted));
    });

    /// <summary>Whose usage it is about; null: that of all of the tenant's keys.</summary>
    private static string? KeyOf(UsageRequest request, Caller caller)
    {
        if (request.Word("scope", ["key", "tenant"]) != "tenant")
        {
            return caller.Key;
        }
        return caller.ReadsTenant ? null : throw new CallerErrorException(
            403, $"The key '{caller.Key}' may not read what the whole tenant used; the gateway's operator can allow it.", "scope", "scope_not_allowed", ErrorTypes.Permission);
    }
}
