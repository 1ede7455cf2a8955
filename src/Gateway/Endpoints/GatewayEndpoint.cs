using Microsoft.AspNetCore.Http;

namespace Tollgate.Endpoints;

/// <summary>One address of the gateway. Every host serves the same list: see <see cref="GatewayEndpoints.All"/>.</summary>
/// <param name="Name">Unique; the Azure head names its function so.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Pattern">Route pattern of ASP.NET Core.</param>
/// <param name="Handle">Answers.</param>
public sealed record GatewayEndpoint(string Name, string Method, string Pattern, Func<HttpContext, Task> Handle);
