using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Providers;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Telemetry;
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Routing.Days;

/// <summary>
/// A day of calls, half of them streams, through the real router, breakers and dispatcher to two simulated providers. Provider <c>a</c> costs less, <c>b</c> is
/// quicker. Each has its troubles at hours of its own.
/// </summary>
internal sealed class SimulatedDay
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime time = new(Start);
    private readonly Dictionary<string, SimulatedProvider> providers;
    private readonly Deployment[] deployments;
    private readonly Random arrivals;
    private readonly Random lots;
    private readonly List<double> firstTokens = [];
    private int calls;
    private int answered;
    private int refused;
    private decimal microUsd;

    public SimulatedDay(int seed)
    {
        (arrivals, lots) = (new Random(seed), new Random(seed + 1));
        var minutes = new Random(seed + 2);
        providers = new(StringComparer.Ordinal)
        {
            ["a"] = new(new(TimeSpan.FromMilliseconds(700), 250), [At(2, 20, Trouble.Down), At(6, 10, Trouble.Silent), At(10, 45, Trouble.BrownOut), At(14, 30, Trouble.Throttled)], time, seed + 3),
            ["b"] = new(new(TimeSpan.FromMilliseconds(450), 250), [At(4, 15, Trouble.Down), At(8, 30, Trouble.BrownOut), At(12, 10, Trouble.Silent), At(16, 20, Trouble.Throttled)], time, seed + 4),
        };
        deployments = [Deployment("a", input: 2.5m, output: 10), Deployment("b", input: 3, output: 15)];

        (DateTimeOffset, DateTimeOffset, Trouble) At(int hour, int length, Trouble trouble)
        {
            var from = Start.AddHours(hour).AddMinutes(minutes.Next(60));
            return (from, from.AddMinutes(length), trouble);
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="strategy">Of the one tier that both are in; null: what most do without a router: one after the other, each once, with no memory.</param>
    public Figures Run(Strategy? strategy)
    {
        using var clients = new UpstreamClients(_ => new Wire(this));
        var route = new ModelRoute("m", [new Tier(strategy ?? Strategy.Priority, [.. deployments.Select(deployment => new RouteTarget(deployment))])]);
        var attempt = new Attempt(clients, null!, TraceContextOut.Read("off"), time);
        var router = new Router(new OwnRegion(""), time, lots);
        var dispatcher = new Dispatcher(attempt, new RetryPolicy(time, lots), time);
        for (var at = Start; at < Start.AddDays(1); at += TimeSpan.FromSeconds(-Math.Log(1 - arrivals.NextDouble()) * Gap(at)))
        {
            var stream = arrivals.Next(2) == 0;
            time.At(at, () => Ignore(strategy is null ? AskPlainlyAsync(attempt, route, stream) : AskAsync(router, dispatcher, route, stream)));
        }
        time.Run();
        Assert.Equal(calls, answered + refused);
        firstTokens.Sort();
        return new Figures(calls, 100.0 * answered / calls, (double)microUsd / calls, firstTokens[firstTokens.Count / 2], firstTokens[firstTokens.Count * 99 / 100], firstTokens[firstTokens.Count * 999 / 1000], (double)providers.Values.Sum(provider => provider.Requests) / calls);
    }

    private static void Ignore(Task running) => _ = running;

    /// <summary>Seconds between two calls: busy from 8 to 18, a rush at 18 that is more than one provider takes.</summary>
    private static double Gap(DateTimeOffset at) => at is { Hour: 18, Minute: < 10 } ? 0.075 : at.Hour is >= 8 and < 18 ? 2 : 8;

    private async Task AskAsync(Router router, Dispatcher dispatcher, ModelRoute route, bool stream)
    {
        using var call = Call(route, stream);
        RoutePlan plan;
        try
        {
            plan = router.Plan(call);
        }
        catch (CallerErrorException)
        {
            refused++;
            return;
        }
        var dispatched = await dispatcher.SendAsync(new AdmittedCall(call, plan, new Reservation([], default), null!), CancellationToken.None);
        await TakeAsync(call, dispatched.Reply, dispatched.Used);
    }

    private async Task AskPlainlyAsync(Attempt attempt, ModelRoute route, bool stream)
    {
        using var call = Call(route, stream);
        IReadOnlyList<BilledAttempt> used = [];
        foreach (var deployment in deployments)
        {
            var admitted = new AdmittedCall(call, new RoutePlan(route, deployments), new Reservation([], default), null!);
            var allowed = AttemptTime.Of(deployment, stream, isLast: true, TimeSpan.MaxValue);
            var result = await attempt.SendAsync(admitted, deployment, new(deployment.Credentials), null, allowed, CancellationToken.None);
            if (result.Reply is not null)
            {
                await TakeAsync(call, result.Reply, used);
                return;
            }
            used = result.Used is { } billed ? [.. used, billed] : used;
        }
        await TakeAsync(call, null, used);
    }

    private async Task TakeAsync(IncomingCall call, UpstreamReply? reply, IReadOnlyList<BilledAttempt> used)
    {
        microUsd += used.MicroUsd();
        if (reply is null)
        {
            refused++;
            return;
        }
        using (reply)
        {
            var usage = reply is StreamedReply streamed ? streamed.Lane.Usage!.Value : ((WholeReply)reply).Usage!.Value;
            microUsd += CostCalculator.Exact(reply.Deployment.Profile.Prices!.At(Start), usage);
            call.Route.Learn(reply.Deployment, usage, call.Scan);
            answered++;
            if (call.Scan.Stream)
            {
                firstTokens.Add(time.GetElapsedTime(call.StartedAt).TotalSeconds);
                await Task.Delay(SimulatedProvider.Generation, time);
            }
        }
    }

    private IncomingCall Call(ModelRoute route, bool stream)
    {
        calls++;
        var body = $$"""{"model":"m","stream":{{(stream ? "true" : "false")}},"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"{{new string('x', 1600)}}"}]}""";
        return new IncomingCall("req_0", new Caller(new Tenant("t"), "k"), Some.Bytes(body), RequestScanner.Scan(System.Text.Encoding.UTF8.GetBytes(body)), route, strict: false, time.GetUtcNow(), time.GetTimestamp());
    }

    private Deployment Deployment(string name, decimal input, decimal output) => new()
    {
        Name = name,
        Provider = new OpenAiProvider(),
        Settings = new ProviderSettings { Name = name, Kind = "openai", Endpoint = new Uri($"https://{name}.example") },
        Credentials = Some.Roster(name, [], time).Of(name),
        Profile = Some.Profile() with { Prices = Some.Prices(new ModelPrice { Input = input, Output = output }) },
        Region = "",
        Timeouts = AttemptTimeouts.Default,
        Address = new UpstreamAddress(new Uri($"https://{name}.example/json"), new Uri($"https://{name}.example/stream")),
        Wire = null,
        Origin = "",
        Health = new DeploymentHealth(name, time),
    };

    /// <param name="Calls">How many.</param>
    /// <param name="Success">Percent that were answered.</param>
    /// <param name="MicroUsd">What a call cost, failed attempts included.</param>
    /// <param name="Median">Seconds to the first token of streams.</param>
    /// <param name="P99">The same of the slowest of a hundred.</param>
    /// <param name="P999">The same of the slowest of a thousand.</param>
    /// <param name="Attempts">Requests to providers for a call.</param>
    internal sealed record Figures(int Calls, double Success, double MicroUsd, double Median, double P99, double P999, double Attempts);

    private sealed class Wire(SimulatedDay day) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            day.providers[request.RequestUri!.Host.Split('.')[0]].AnswerAsync(request.RequestUri.AbsolutePath == "/stream", cancellationToken);
    }
}
