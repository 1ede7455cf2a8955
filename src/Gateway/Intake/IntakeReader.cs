using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tollgate.Budgets;
using Tollgate.Errors;
using Tollgate.Routing;
using Tollgate.Streaming;
using Tollgate.Tenants;

namespace Tollgate.Intake;

/// <summary>Step two: reads the body within its limit, scans it once, finds the model.</summary>
internal sealed class IntakeReader(Topology topology, GatewayLimits limits, TimeProvider time)
{
    /// <param name="http">The call.</param>
    /// <param name="id">The call's id.</param>
    /// <param name="caller">Whose call it is.</param>
    /// <param name="pathModel">The model of Azure's path shape; it wins over the body's.</param>
    /// <exception cref="CallerErrorException">The request is not one the gateway can take.</exception>
    public async ValueTask<IncomingCall> ReadAsync(HttpContext http, string id, Caller caller, string? pathModel)
    {
        var startedAt = time.GetTimestamp();
        CheckHeaders(http.Request);
        var timeout = CallTimeout.Read(http.Request.Headers, caller.Tenant);
        var body = await ReadBodyAsync(http);
        try
        {
            var scan = RequestScanner.Scan(body.Span);
            var route = FindRoute(pathModel ?? scan.Model, caller);
            var strict = caller.Tenant.Strict || http.Request.Headers[GatewayHeaders.Strict] == "true";
            var (user, scopes) = FindUser(http.Request.Headers, scan, body.Span, caller);
            return new IncomingCall(id, caller, body, scan, route, strict, time.GetUtcNow(), startedAt) { User = user, Scopes = scopes, Timeout = timeout };
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>A name that decides over a limit has to be a sound one; any other is only a word in the call's row.</summary>
    private static (string? User, IReadOnlyList<BudgetScope> Scopes) FindUser(IHeaderDictionary headers, CallScan scan, ReadOnlySpan<byte> body, Caller caller)
    {
        if (!caller.LimitsUsers)
        {
            return (EndUser.Tag(headers, scan, body), caller.Scopes);
        }
        var user = EndUser.Read(headers, scan, body);
        return (user.Length > 0 ? user : null, caller.ScopesWith(user));
    }

    private ModelRoute FindRoute(string? model, Caller caller)
    {
        if (string.IsNullOrEmpty(model))
        {
            throw CallerErrorException.Invalid("'model' is missing.", "model", "missing_required_parameter");
        }
        return topology.Find(model) is { } route && caller.Tenant.MayUse(model) ? route : throw UnknownModel(model);
    }

    /// <summary>A model that a tenant may not use looks like one that does not exist.</summary>
    public static CallerErrorException UnknownModel(string model) =>
        new(404, $"The model '{(model.Length <= 128 ? model : model[..128] + "…")}' does not exist or you do not have access to it.", "model", "model_not_found");

    private static void CheckHeaders(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            || (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new CallerErrorException(415, "The Content-Type must be application/json in UTF-8.", code: "unsupported_media_type");
        }
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new CallerErrorException(415, "A compressed request body is not supported; send it without Content-Encoding.", code: "unsupported_media_type");
        }
    }

    private async ValueTask<PooledBuffer> ReadBodyAsync(HttpContext http)
    {
        var announced = http.Request.ContentLength;
        if (announced > limits.MaxRequestBytes)
        {
            throw TooLarge(http);
        }
        var body = new PooledBuffer((int)(announced ?? 4096) + 1);
        try
        {
            int count;
            while ((count = await http.Request.Body.ReadAsync(body.GetMemory(), http.RequestAborted)) > 0)
            {
                body.Advance(count);
                if (body.Length > limits.MaxRequestBytes)
                {
                    throw TooLarge(http);
                }
            }
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private CallerErrorException TooLarge(HttpContext http)
    {
        // What is left of the body is not read: the connection cannot be used again.
        http.Response.Headers.Connection = "close";
        return new CallerErrorException(413, $"The request body is larger than {limits.MaxRequestBytes} bytes.", code: "request_too_large");
    }
}

/// <param name="MaxRequestBytes">Longest request body.</param>
internal sealed record GatewayLimits(long MaxRequestBytes)
{
    public const long DefaultMaxRequestBytes = 32 * 1024 * 1024;
}
