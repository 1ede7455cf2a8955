using Microsoft.AspNetCore.Http;
using Tollgate.Admin;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary><c>GET /v1/admin/usage?tenant=…&amp;from=…&amp;to=…&amp;group_by=…</c>: what all tenants used, or one of them. Default: the current month, UTC, by tenant.</summary>
internal sealed class AdminUsageEndpoint(AdminAuthenticator authenticator, UsagePages pages, TimeProvider time)
{
    /// <summary>Most groups of a page.</summary>
    public const int MostGroups = 1000;

    public Task GetAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        await authenticator.AuthenticateAsync(http.Request);
        var request = new UsageRequest(http.Request);
        var listing = request.Read(time.GetUtcNow(), Enum.GetValues<UsageDimension>(), UsageDimension.Tenant, MostGroups);
        var asCsv = request.IsCsv;
        var tenant = request.Text("tenant");
        var page = await (tenant is null ? pages.ReadAllAsync(listing, http.RequestAborted) : pages.ReadAsync(tenant, key: null, listing, http.RequestAborted));
        await new UsageReport(tenant, Key: null, listing, page).WriteAsync(http, asCsv);
    });
}
