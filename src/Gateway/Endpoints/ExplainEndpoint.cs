using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Intake;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Endpoints;

/// <summary>
/// <c>POST /v1/route</c>: what a chat completion of the same body would be routed by at this moment, on this instance. Nothing is sent, spent or written.
/// </summary>
internal sealed class ExplainEndpoint(Authenticator authenticator, IntakeReader intake, Router router, OwnRegion region)
{
    public Task ExplainAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        var caller = await authenticator.AuthenticateAsync(http.Request);
        using var call = await intake.ReadAsync(http, RequestId.Give(http, TimeProvider.System), caller, pathModel: null);
        var explained = router.Explain(call);
        return (Action<Utf8JsonWriter>)(json => Write(json, explained));
    });

    private void Write(Utf8JsonWriter json, RouteExplanation explained)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "route"u8);
        json.WriteString("model"u8, explained.Call.Route.Name);
        json.WriteString("region"u8, region.Name);
        json.WriteStartArray("plan"u8);
        for (var i = 0; i < explained.Asked.Count; i++)
        {
            WriteAsked(json, explained.Call, explained.Asked[i], i + 1);
        }
        json.WriteEndArray();
        json.WriteStartArray("excluded"u8);
        foreach (var candidate in explained.Excluded)
        {
            json.WriteStartObject();
            WriteTarget(json, candidate);
            WriteExclusion(json, explained.Call, candidate.Exclusion);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAsked(Utf8JsonWriter json, IncomingCall call, in Candidate candidate, int position)
    {
        var (target, strategy) = (candidate.Target, call.Route.Tiers[candidate.Tier].Strategy);
        json.WriteStartObject();
        json.WriteNumber("position"u8, position);
        WriteTarget(json, candidate);
        json.WriteString("strategy"u8, Strategies.Words[(int)strategy]);
        json.WriteNumber("score"u8, Math.Round(TargetScore.Shown(strategy, target, candidate.Score, candidate.Place + 1), 3));
        json.WriteString("unit"u8, Strategies.Units[(int)strategy]);
        json.WriteBoolean("near"u8, candidate.IsNear);
        json.WriteStartObject("expected"u8);
        json.WriteNumber("prompt_tokens"u8, (long)target.Learned.PromptTokens(call.Scan.TextBytes));
        json.WriteNumber("output_tokens"u8, (long)target.Learned.OutputTokens(call.Scan, target.Deployment.Profile.MaxOutput));
        json.WriteNumber("cached_share"u8, Math.Round(target.Learned.CachedShare, 3));
        json.WriteEndObject();
        json.WriteNumber("in_flight"u8, target.Deployment.Health.InFlight);
        if (candidate.Exclusion.Reason != ExclusionReason.None)
        {
            json.WriteStartObject("last_resort"u8);
            WriteExclusion(json, call, candidate.Exclusion);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteTarget(Utf8JsonWriter json, in Candidate candidate)
    {
        var deployment = candidate.Target.Deployment;
        json.WriteString("deployment"u8, deployment.Name);
        json.WriteString("provider"u8, deployment.Settings.Name);
        json.WriteString("upstream_model"u8, deployment.Profile.Model);
        json.WriteString("region"u8, deployment.Region);
        json.WriteNumber("tier"u8, candidate.Tier + 1);
    }

    private static void WriteExclusion(Utf8JsonWriter json, IncomingCall call, in Exclusion exclusion)
    {
        json.WriteString("reason"u8, exclusion.Word);
        if (exclusion.Unmet != Need.None)
        {
            var (param, why) = Eligibility.Describe(exclusion.Unmet, call.Scan);
            json.WriteString("param"u8, param);
            json.WriteString("detail"u8, why);
        }
        if (exclusion.Left > TimeSpan.Zero)
        {
            json.WriteNumber("for_ms"u8, (long)Math.Ceiling(exclusion.Left.TotalMilliseconds));
        }
        if (exclusion.Needed > 0)
        {
            json.WriteNumber("needed"u8, exclusion.Needed);
            json.WriteNumber("available"u8, exclusion.Available);
        }
    }
}
