using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tollgate.Budgets.Entities;

namespace Tollgate.Fleet;

/// <summary>Lets other processes reach an <see cref="EntityRuntime"/>: <c>POST /KEY</c> sends a message, <c>GET /KEY</c> reads the state.</summary>
internal sealed class EntityService : IAsyncDisposable
{
    private readonly WebApplication app;

    private EntityService(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    public static async Task<EntityService> StartAsync(IBudgetEntities entities)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Map("/{**key}", http => AnswerAsync(http, entities));
        await app.StartAsync();
        return new EntityService(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http, IBudgetEntities entities)
    {
        var key = (string)http.Request.RouteValues["key"]!;
        if (http.Request.Method == HttpMethods.Post)
        {
            await entities.SendAsync(key, (await http.Request.ReadFromJsonAsync<BudgetTold>())!, http.RequestAborted);
        }
        else
        {
            await http.Response.WriteAsJsonAsync(await entities.ReadAsync(key, http.RequestAborted));
        }
    }
}
