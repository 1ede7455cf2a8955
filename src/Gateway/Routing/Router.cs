using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>Orders the deployments that can take a call: tier by tier, those that asked to rest last.</summary>
internal sealed class Router(TimeProvider time)
{
    /// <returns>At least one deployment, best first.</returns>
    /// <exception cref="CallerErrorException">No deployment of the model can take what the call holds; names the parameter.</exception>
    public IReadOnlyList<Deployment> Plan(IncomingCall call)
    {
        var eligible = new List<Deployment>();
        (string Param, string Why)? unmet = null;
        foreach (var deployment in call.Route.Deployments)
        {
            if (!call.Caller.Tenant.MayReach(deployment.Region))
            {
                continue;
            }
            if (Unmet(call.Scan, deployment) is { } need)
            {
                unmet ??= need;
                continue;
            }
            eligible.Add(deployment);
        }
        if (eligible.Count == 0)
        {
            throw unmet is { } missing
                ? CallerErrorException.Invalid($"Model '{call.Route.Name}' {missing.Why}.", missing.Param, "unsupported_parameter")
                : new CallerErrorException(403, $"No deployment of model '{call.Route.Name}' is in a region that this tenant may use.", "model", "region_not_allowed", ErrorTypes.Permission);
        }
        var now = time.GetUtcNow();
        return eligible.Count == 1 ? eligible : [.. eligible.OrderBy(deployment => deployment.Health.IsResting(now))];
    }

    private static (string Param, string Why)? Unmet(CallScan scan, Deployment deployment)
    {
        var model = deployment.Profile;
        if (scan.FirstImage is { } image && !model.Can(Capabilities.Vision))
        {
            return (image, "does not take images");
        }
        if (scan.FirstAudio is { } audio && !model.Can(Capabilities.Audio))
        {
            return (audio, "does not take audio");
        }
        if (scan.FirstFile is { } file && !model.Can(Capabilities.Pdf))
        {
            return (file, "does not take files");
        }
        if (scan.HasTools && !model.Can(Capabilities.Tools))
        {
            return ("tools", "does not take tools");
        }
        if (scan.HasJsonSchema && !model.Can(Capabilities.JsonSchema))
        {
            return ("response_format", "does not take a JSON schema");
        }
        // OpenAI's own wire takes a trailing assistant message as context; only a translated model is asked to continue it.
        return scan.EndsWithAssistant && deployment.Wire is not null && !model.Can(Capabilities.Prefill)
            ? ($"messages[{scan.Messages - 1}]", "does not continue an assistant message")
            : null;
    }
}
