using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Providers.Anthropic;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private static readonly UpstreamFailure Limit = new(FailureKind.RateLimited, 429);

    private readonly FakeTimeProvider time = new(Some.Now);

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.com/a"}}""", "", (int)Capabilities.Vision, "messages[0].content[0].image_url")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"AA"}}""", "", (int)Capabilities.Audio, "messages[0].content[0].input_audio")]
    [InlineData("""{"type":"file","file":{"file_id":"f"}}""", "", (int)Capabilities.Pdf, "messages[0].content[0].file")]
    [InlineData("""{"type":"text","text":"x"}""", "\"tools\":[{}],", (int)Capabilities.Tools, "tools")]
    [InlineData("""{"type":"text","text":"x"}""", "\"response_format\":{\"type\":\"json_schema\"},", (int)Capabilities.JsonSchema, "response_format")]
    public void Plan_Need_IsMetByCapableDeploymentsOnly(string part, string member, int capability, string param)
    {
        var body = $"{{{member}\"messages\":[{{\"role\":\"user\",\"content\":[{part}]}}]}}";
        var able = Target("able", Some.Profile((Capabilities)capability));
        var unable = Target("unable", Some.Profile(~(Capabilities)capability));
        Assert.Equal(["able"], Plan(body, null, unable, able));

        var refused = Refused(body, null, unable);
        Assert.Equal((400, param, "unsupported_parameter"), (refused.Status, refused.Param, refused.Code));
    }

    [Fact]
    public void Plan_Prefill_IsAskedOfTranslatedModelsThatTakeItOnly()
    {
        const string Body = """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""";
        var wire = new AnthropicWire(AnthropicPlatform.Direct);
        var openAi = Target("openai");
        var takes = Some.Deployment("takes", Some.Profile(Capabilities.Prefill), wire);
        var refuses = Some.Deployment("refuses", Some.Profile(~Capabilities.Prefill), wire);
        Assert.Equal(["openai", "takes"], Plan(Body, null, refuses, openAi, takes));
        Assert.Equal("messages[1]", Refused(Body, null, refuses).Param);
    }

    [Fact]
    public void Plan_Regions_BindEveryTarget()
    {
        var tenant = new Tenant("acme") { Regions = new HashSet<string>(StringComparer.Ordinal) { "eu" } };
        Assert.Equal(["b"], Plan(Some.Body, tenant, Target("a", region: "us"), Target("b", region: "eu"), Target("c")));
        var refused = Refused(Some.Body, tenant, Target("a", region: "us"));
        Assert.Equal((403, "region_not_allowed", ErrorTypes.Permission), (refused.Status, refused.Code, refused.Type));
    }

    [Fact]
    public void Plan_AllowList_BindsEveryTarget()
    {
        var tenant = new Tenant("acme") { Deployments = new HashSet<string>(StringComparer.Ordinal) { "b" } };
        Assert.Equal(["b"], Plan(Some.Body, tenant, Target("a"), Target("b")));
        Assert.Equal((403, "deployment_not_allowed"), (Refused(Some.Body, tenant, Target("a")).Status, Refused(Some.Body, tenant, Target("a")).Code));
    }

    [Fact]
    public void Plan_Resting_AreLeftOutAndComeBack()
    {
        Deployment[] all = [Target("a"), Target("b"), Target("c"), Target("d")];
        all[0].Health.Rest(Limit, TimeSpan.FromSeconds(10));
        all[2].Health.Rest(Limit, TimeSpan.FromSeconds(20));
        Assert.Equal(["b", "d"], Plan(Some.Body, null, all));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a", "b", "d"], Plan(Some.Body, null, all));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a", "b", "c", "d"], Plan(Some.Body, null, all));
    }

    [Fact]
    public void Plan_AllRest_TheSoonestIsWaitedForWhereItIsSoonElseTheCallerIsTold()
    {
        Deployment[] all = [Target("a"), Target("b")];
        all[0].Health.Rest(new UpstreamFailure(FailureKind.Overloaded, 529), TimeSpan.FromSeconds(30));
        all[1].Health.Rest(Limit, TimeSpan.FromSeconds(12.5));

        var refused = Refused(Some.Body, null, all);
        Assert.Equal((429, "rate_limit_exceeded", TimeSpan.FromSeconds(12.5)), (refused.Status, refused.Code, refused.RetryAfter));

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["b"], Plan(Some.Body, null, all));
    }

    [Fact]
    public void Plan_AllRestForLong_OneCallASecondFindsOutWhetherTheyStillHaveTo()
    {
        Deployment[] all = [Target("a"), Target("b")];
        all[0].Health.Rest(Limit, TimeSpan.FromSeconds(30));
        all[1].Health.Rest(Limit, TimeSpan.FromSeconds(40));
        Refused(Some.Body, null, all);
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(["a"], Plan(Some.Body, null, all));
            Refused(Some.Body, null, all);
        }
    }

    [Fact]
    public void Plan_RestOfADay_IsOneMinuteForUs()
    {
        var only = Target("a");
        only.Health.Rest(Limit, TimeSpan.FromDays(1));
        Assert.Equal(DeploymentHealth.LongestRest, Refused(Some.Body, null, only).RetryAfter);
        time.Advance(DeploymentHealth.LongestRest);
        Assert.Equal(["a"], Plan(Some.Body, null, only));
    }

    [Fact]
    public async Task Plan_OpenBreaker_IsLeftOut_AndWithoutAnotherTheCallIsRefused()
    {
        Deployment[] all = [Target("a"), Target("b")];
        await FailAsync(all[0]);
        Assert.Equal(["b"], Plan(Some.Body, null, all));

        var refused = Refused(Some.Body, null, all[0]);
        Assert.Equal((502, "upstream_error", Breaker.ShortestBreak), (refused.Status, refused.Code, refused.RetryAfter));

        time.Advance(Breaker.ShortestBreak);
        Assert.Equal(["a", "b"], Plan(Some.Body, null, all));
    }

    [Fact]
    public void Plan_PromptBeyondTheWindow_GoesToLargerOnes_AndWithoutAnyToTheLargest()
    {
        var body = $$"""{"messages":[{"role":"user","content":"{{new string('x', 8000)}}"}]}""";
        Deployment[] all = [Window("a", 1000), Window("b", 1500), Window("c", 3000)];
        Assert.Equal(["c"], Plan(body, null, all));
        Assert.Equal(["b"], Plan(body, null, all[..2]));

        Deployment Window(string name, int tokens) => Target(name, Some.Profile() with { ContextWindow = tokens });
    }

    [Fact]
    public void Plan_QuotaUsedUpOrAdvisedAgainst_ComesLast()
    {
        Deployment[] all = [Target("a"), Target("b"), Target("c")];
        all[0].Health.Quota.Note(0, Reading(requests: 0));
        all[1].Health.Advise(time.GetUtcNow() + TimeSpan.FromSeconds(5));
        Assert.Equal(["c", "a", "b"], Plan(Some.Body, null, all));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(["a", "b", "c"], Plan(Some.Body, null, all));
    }

    [Fact]
    public void Plan_ManyExcluded_AllocatesNoMoreForThem()
    {
        var few = Allocated([Target("a"), .. Rest(1)]);
        var many = Allocated([Target("a"), .. Rest(19)]);
        Assert.Equal(few, many);

        Deployment[] Rest(int count) => [.. Enumerable.Range(0, count).Select(i => Resting($"r{i}"))];

        Deployment Resting(string name)
        {
            var deployment = Target(name);
            deployment.Health.Rest(Limit, TimeSpan.FromHours(1));
            return deployment;
        }

        long Allocated(Deployment[] all)
        {
            using var call = Some.Call(Some.Body, null, all);
            var router = Router();
            for (var i = 0; i < 3; i++)
            {
                router.Plan(call);
            }
            var before = GC.GetAllocatedBytesForCurrentThread();
            router.Plan(call);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Plan_Tiers_AreAskedInOrderAndTheReasonTells()
    {
        var (a, b, c) = (Target("a"), Target("b"), Target("c"));
        var route = new ModelRoute("m", [Tier.Of(a), new Tier(Strategy.LowestCost, [new RouteTarget(b), new RouteTarget(c)])]);
        var plan = Plan(route);
        Assert.Equal(["a", "b", "c"], Names(plan));
        Assert.Equal("priority", plan.ReasonFor(a, null, isSame: false));
        Assert.Equal("lowest-cost; tier=2; failover=timeout", plan.ReasonFor(b, FailureKind.Timeout, isSame: false));
        Assert.Equal("priority; retry=server_error", plan.ReasonFor(a, FailureKind.ServerError, isSame: true));

        a.Health.Rest(Limit, TimeSpan.FromSeconds(9));
        Assert.Equal("lowest-cost; tier=2; skipped=resting", Plan(route).ReasonFor(b, null, isSame: false));
    }

    [Fact]
    public void Plan_Weighted_EachIsFirstAsOftenAsItsWeightSays()
    {
        var route = new ModelRoute("m", [new Tier(Strategy.Weighted, [new RouteTarget(Target("a"), 6), new RouteTarget(Target("b"), 3), new RouteTarget(Target("c"), 1)])]);
        var router = Router();
        using var call = Call(route);
        var firsts = Enumerable.Range(0, 10_000).Select(_ => router.Plan(call).Targets).CountBy(targets => targets[0].Name).ToDictionary(StringComparer.Ordinal);
        Assert.InRange(firsts["a"], 5_700, 6_300);
        Assert.InRange(firsts["b"], 2_700, 3_300);
        Assert.InRange(firsts["c"], 800, 1_200);
    }

    [Fact]
    public void Plan_LowestLatency_OfTwoTheQuickerIsFirst_CallsUnderWayCounted()
    {
        var (slow, quick) = (Target("slow"), Target("quick"));
        slow.Health.Wholes.Add(TimeSpan.FromMilliseconds(900));
        quick.Health.Wholes.Add(TimeSpan.FromMilliseconds(300));
        var route = Of(Strategy.LowestLatency, slow, quick);
        Assert.Equal(["quick", "slow"], Names(Plan(route)));
        for (var i = 0; i < 3; i++)
        {
            quick.Health.Began();
        }
        Assert.Equal(["slow", "quick"], Names(Plan(route)));
        quick.Health.Ended();
        quick.Health.Ended();
        Assert.Equal(["quick", "slow"], Names(Plan(route)));
    }

    [Fact]
    public void Plan_LowestLatency_StreamsAndWholeAnswersAreMeasuredApart()
    {
        var (a, b) = (Target("a"), Target("b"));
        a.Health.Wholes.Add(TimeSpan.FromSeconds(9));
        b.Health.Wholes.Add(TimeSpan.FromSeconds(1));
        a.Health.Streams.Add(TimeSpan.FromSeconds(0.2));
        b.Health.Streams.Add(TimeSpan.FromSeconds(0.5));
        var route = Of(Strategy.LowestLatency, a, b);
        Assert.Equal(["b", "a"], Names(Plan(route)));
        Assert.Equal(["a", "b"], Names(Plan(route, """{"stream":true,"messages":[{"role":"user","content":"x"}]}""")));
    }

    [Fact]
    public void Plan_LowestLatencyOfMany_TheSlowestIsNeverFirst_AndTheLoadIsShared()
    {
        var all = Enumerable.Range(1, 10).Select(i => Target($"t{i:00}")).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            all[i].Health.Wholes.Add(TimeSpan.FromMilliseconds(100 * (i + 1)));
        }
        using var call = Call(Of(Strategy.LowestLatency, all));
        var router = Router();
        var firsts = Enumerable.Range(0, 2_000).Select(_ => router.Plan(call).Targets[0].Name).CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        Assert.DoesNotContain("t10", firsts.Keys);
        Assert.InRange(firsts["t01"], 300, 500);
    }

    [Fact]
    public void Plan_LowestCost_IsThatOfThisCall()
    {
        // Dear to read and cheap to write, and the other way round.
        var reader = new RouteTarget(Priced("reads", input: 1, output: 20));
        var writer = new RouteTarget(Priced("writes", input: 10, output: 5));
        var route = new ModelRoute("m", [new Tier(Strategy.LowestCost, [reader, writer])]);
        Assert.Equal(["writes", "reads"], Names(Plan(route)));
        Assert.Equal(["reads", "writes"], Names(Plan(route, $$"""{"messages":[{"role":"user","content":"{{new string('x', 40_000)}}"}],"max_tokens":50}""")));
    }

    [Fact]
    public void Plan_LowestCost_LearnsWhatAModelWritesAndWhatIsCached()
    {
        var terse = new RouteTarget(Priced("terse", input: 10, output: 10));
        var wordy = new RouteTarget(Priced("wordy", input: 9, output: 9));
        var route = new ModelRoute("m", [new Tier(Strategy.LowestCost, [terse, wordy])]);
        Assert.Equal(["wordy", "terse"], Names(Plan(route)));
        using var call = Call(route);
        for (var i = 0; i < 20; i++)
        {
            route.Learn(terse.Deployment, new TokenUsage { Prompt = 1, Completion = 100 }, call.Scan);
            route.Learn(wordy.Deployment, new TokenUsage { Prompt = 1, Completion = 200 }, call.Scan);
        }
        Assert.Equal(["terse", "wordy"], Names(Plan(route)));
        Assert.Equal((100.0, 0.0), (terse.Learned.OutputTokens(call.Scan, 4096), terse.Learned.CachedShare));
    }

    [Fact]
    public async Task Plan_MostAvailable_GoesByQuotaLeftSuccessAndCallsUnderWay()
    {
        var (a, b) = (Target("a"), Target("b"));
        var route = Of(Strategy.MostAvailable, a, b);
        a.Health.Quota.Note(0, Reading(requests: 20, limit: 100));
        Assert.Equal(["b", "a"], Names(Plan(route)));
        b.Health.Quota.Note(0, Reading(requests: 10, limit: 100));
        Assert.Equal(["a", "b"], Names(Plan(route)));
        for (var i = 0; i < 4; i++)
        {
            await a.Health.Breaker.RunAsync(static _ => ValueTask.FromResult<Tollgate.Upstream.AttemptResult>(new UpstreamFailure(FailureKind.ServerError, 500)), 0);
        }
        Assert.Equal(["b", "a"], Names(Plan(route)));
    }

    [Theory]
    [InlineData("eastus")]
    [InlineData("East US")]
    public void Plan_OwnRegion_IsPreferredAmongEqualsOnly(string own)
    {
        var (far, near) = (Target("far", region: "westus"), Target("near", region: "East US"));
        far.Health.Wholes.Add(TimeSpan.FromMilliseconds(500));
        near.Health.Wholes.Add(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["near", "far"], Names(Plan(Of(Strategy.LowestLatency, far, near), region: own)));
        Assert.Equal(["near", "far"], Names(Plan(Of(Strategy.LowestCost, far, near), region: own)));
        Assert.Equal(["far", "near"], Names(Plan(Of(Strategy.LowestCost, far, near), region: "mars")));
        Assert.Equal(["far", "near"], Names(Plan(Of(Strategy.Priority, far, near), region: own)));
        near.Health.Wholes.Add(TimeSpan.FromMilliseconds(900));
        Assert.Equal(["far", "near"], Names(Plan(Of(Strategy.LowestLatency, far, near), region: own)));
    }

    [Fact]
    public void Plan_AnyRoute_HoldsEachEligibleTargetOnce_TierByTier_AndNoneOfTheRest() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 6].Array[1, 4], Gen.Int[0, 4].Array[4], Gen.Int).Sample((tiers, strategies, seed) =>
        {
            var route = new ModelRoute("m", [.. tiers.Select((tier, i) => new Tier((Strategy)strategies[i], [.. tier.Select((kind, j) => new RouteTarget(Made(kind, $"{i}.{j}")))]))]);
            var expected = tiers.SelectMany((tier, i) => tier.Select((kind, j) => (kind, Name: $"{i}.{j}"))).ToArray();
            using var call = Call(route);
            var router = new Router(new OwnRegion("eu"), time, new Random(seed));
            var explained = router.Explain(call);
            Assert.Equal(expected.Length, explained.Asked.Count + explained.Excluded.Count);
            Assert.Equal(expected.Where(target => target.kind is 1 or 2).Select(target => target.Name), explained.Excluded.Where(candidate => candidate.Exclusion.Reason is ExclusionReason.Region or ExclusionReason.Resting).Select(candidate => candidate.Target.Deployment.Name));
            if (!expected.Any(target => target.kind is 0 or 3 or 4))
            {
                Assert.Throws<CallerErrorException>(() => router.Plan(call));
                return;
            }
            var planned = router.Plan(call).Targets.Select(target => target.Name).ToArray();
            Assert.Equal(expected.Where(target => target.kind is 0 or 3 or 4).Select(target => target.Name).Order(StringComparer.Ordinal), planned.Order(StringComparer.Ordinal));
            var eligible = planned[..expected.Count(target => target.kind is 0 or 4)];
            Assert.DoesNotContain(eligible, name => expected.Single(target => target.Name == name).kind == 3);
            Assert.Equal(eligible.Select(name => name[0]).Order(), eligible.Select(name => name[0]));
        });

    private Deployment Made(int kind, string name)
    {
        var made = Target(name, region: kind == 1 ? "us" : "eu");
        switch (kind)
        {
            case 2:
                made.Health.Rest(Limit, TimeSpan.FromSeconds(9));
                break;
            case 3:
                made.Health.Advise(time.GetUtcNow() + TimeSpan.FromSeconds(9));
                break;
            case 4:
                made.Health.Began();
                break;
        }
        return made;
    }

    private QuotaReading Reading(long requests, long? limit = null) =>
        new(new QuotaLine(requests, limit, TimeSpan.FromSeconds(60)), default, time.GetUtcNow().UtcTicks);

    private static Deployment Priced(string name, decimal input, decimal output) =>
        Some.Deployment(name, Some.Profile() with { Prices = Some.Prices(new ModelPrice { Input = input, Output = output }) });

    private static ModelRoute Of(Strategy strategy, params Deployment[] all) => new("m", [new Tier(strategy, [.. all.Select(deployment => new RouteTarget(deployment))])]);

    private static async Task FailAsync(Deployment deployment)
    {
        for (var i = 0; i < FailureWindow.MostInARow; i++)
        {
            await deployment.Health.Breaker.RunAsync(static _ => ValueTask.FromResult<Tollgate.Upstream.AttemptResult>(new UpstreamFailure(FailureKind.ServerError, 500)), 0);
        }
    }

    private Deployment Target(string name, ModelProfile? profile = null, string region = "") => Some.Deployment(name, profile, region: region, time: time);

    private Router Router(string region = "") => new(new OwnRegion(OwnRegion.Plain(region)), time, new Random(1));

    private static IncomingCall Call(ModelRoute route, string body = Some.Body) =>
        Some.Call(body, new Tenant("acme") { Regions = route.Deployments.Any(deployment => deployment.Region is "us") ? new HashSet<string>(StringComparer.Ordinal) { "eu" } : null }, route);

    private RoutePlan Plan(ModelRoute route, string body = Some.Body, string region = "")
    {
        using var call = Call(route, body);
        return Router(region).Plan(call);
    }

    private static IEnumerable<string> Names(RoutePlan plan) => plan.Targets.Select(deployment => deployment.Name);

    private IEnumerable<string> Plan(string body, Tenant? tenant, params Deployment[] deployments)
    {
        using var call = Some.Call(body, tenant, deployments);
        return Names(Router().Plan(call));
    }

    private CallerErrorException Refused(string body, Tenant? tenant, params Deployment[] deployments) =>
        Assert.Throws<CallerErrorException>(() => Plan(body, tenant, deployments));
}
