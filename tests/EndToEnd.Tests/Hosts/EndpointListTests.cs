using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Tollgate.Endpoints;

namespace Tollgate.EndToEnd.Tests.Hosts;

/// <summary>Both hosts serve <see cref="GatewayEndpoints.All"/>, no more and no less. The Azure head is read from its source: its packages are not in every feed.</summary>
[Collection(SharedGateway.Name)]
public sealed partial class EndpointListTests(GatewayFixture gateway)
{
    private IEnumerable<(string? Method, string Pattern)> Expected =>
        gateway.Services.GetRequiredService<GatewayEndpoints>().All.Select(endpoint => (endpoint.Method, endpoint.Pattern));

    [Fact]
    public void LocalHost_ServesEveryEndpoint() => Assert.Equal(
        Expected.Order(),
        gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
            .Select(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Single(), endpoint.RoutePattern.RawText!)).Order());

    [Fact]
    public void AzureHead_ServesEveryEndpoint()
    {
        var source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hosts", "Functions", "GatewayFunctions.cs"));
        var functions = Function().Matches(source);
        Assert.Equal(Regex.Count(source, @"\[Function\("), functions.Count);
        Assert.All(functions, function => Assert.Equal(function.Groups["name"].Value, function.Groups["endpoint"].Value));
        Assert.Equal(
            gateway.Services.GetRequiredService<GatewayEndpoints>().All.Select(endpoint => (endpoint.Name, endpoint.Method, endpoint.Pattern)).Order(),
            functions.Select(function => (
                function.Groups["name"].Value,
                function.Groups["method"] is { Success: true, Value: var method } ? method.ToUpperInvariant() : null,
                $"/{function.Groups["route"].Value}")).Order());
    }

    [Fact]
    public void FunctionsHost_WhichAsksInAlphabeticalOrder_FindsEachEndpoint()
    {
        var inOrder = gateway.Services.GetRequiredService<GatewayEndpoints>().All.OrderBy(endpoint => endpoint.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        Assert.All(inOrder, wanted =>
        {
            var path = wanted.Pattern.Replace("{model}", "m", StringComparison.Ordinal).Replace("{*id}", "m", StringComparison.Ordinal).Replace("{*path}", "m", StringComparison.Ordinal);
            var first = inOrder.First(endpoint =>
                (endpoint.Method is null || endpoint.Method == wanted.Method)
                && new TemplateMatcher(TemplateParser.Parse(endpoint.Pattern[1..]), []).TryMatch(path, []));
            Assert.Equal(wanted.Name, first.Name);
        });
    }

    [GeneratedRegex("""\[Function\("(?<name>\w+)"\)\]\s+public Task \k<name>\(\[HttpTrigger\(AuthorizationLevel\.Anonymous, (?:"(?<method>\w+)", )?Route = "(?<route>[^"]+)"\)\] HttpRequest request(?<client>, \[DurableClient\] DurableTaskClient client)?\) => Run\("(?<endpoint>\w+)", request(?(client), client)\);""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Function();
}
