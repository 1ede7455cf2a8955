using Microsoft.AspNetCore.Http;

namespace Tollgate.Endpoints;

/// <summary>One address of the gateway. Every host serves the same list: see <see cref="GatewayEndpoints.All"/>.</summary>
/// <param name="Name">
/// Unique; the Azure head names its function so. A Functions host asks its functions in the alphabetical order of their names and takes
/// the first whose route matches: of two patterns that match one path, the narrower has the earlier name.
/// </param>
/// <param name="Method">GET or POST; null: any.</param>
/// <param name="Pattern">Route pattern of ASP.NET Core.</param>
/// <param name="Handle">Answers.</param>
public sealed record GatewayEndpoint(string Name, string? Method, string Pattern, Func<HttpContext, Task> Handle);
