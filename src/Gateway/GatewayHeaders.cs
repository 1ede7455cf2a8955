namespace Tollgate;

/// <summary>The headers the gateway writes or reads by itself.</summary>
internal static class GatewayHeaders
{
    public const string RequestId = "x-request-id";
    public const string Strict = "x-tollgate-strict";
    public const string User = "x-tollgate-user";
    public const string Timeout = "x-tollgate-timeout-ms";
    public const string Deployment = "x-tollgate-deployment";
    public const string Region = "x-tollgate-region";
    public const string Attempts = "x-tollgate-attempts";
    public const string RouteReason = "x-tollgate-route-reason";
    public const string DroppedParams = "x-tollgate-dropped-params";
    public const string CostUsd = "x-tollgate-cost-usd";
    public const string BudgetRemainingTokens = "x-tollgate-budget-remaining-tokens";
    public const string BudgetRemainingUsd = "x-tollgate-budget-remaining-usd";
    public const string LimitRequests = "x-ratelimit-limit-requests";
    public const string RemainingRequests = "x-ratelimit-remaining-requests";
    public const string ResetRequests = "x-ratelimit-reset-requests";
    public const string LimitTokens = "x-ratelimit-limit-tokens";
    public const string RemainingTokens = "x-ratelimit-remaining-tokens";
    public const string ResetTokens = "x-ratelimit-reset-tokens";
    public const string NextPage = "x-tollgate-next";
    public const string RetryAfterMs = "retry-after-ms";

    /// <summary>Of a webhook's body.</summary>
    public const string Signature = "x-tollgate-signature";
}
