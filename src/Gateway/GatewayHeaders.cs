namespace Tollgate;

/// <summary>The gateway's own headers.</summary>
internal static class GatewayHeaders
{
    public const string RequestId = "x-request-id";
    public const string Strict = "x-tollgate-strict";
    public const string Deployment = "x-tollgate-deployment";
    public const string Region = "x-tollgate-region";
    public const string Attempts = "x-tollgate-attempts";
    public const string DroppedParams = "x-tollgate-dropped-params";
    public const string CostUsd = "x-tollgate-cost-usd";
    public const string BudgetRemainingTokens = "x-tollgate-budget-remaining-tokens";
    public const string BudgetRemainingUsd = "x-tollgate-budget-remaining-usd";
    public const string RetryAfterMs = "retry-after-ms";
}
