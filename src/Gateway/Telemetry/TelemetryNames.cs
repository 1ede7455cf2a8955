namespace Tollgate.Telemetry;

/// <summary>
/// Every name that leaves the gateway as telemetry, and every word that is not data. <c>docs/telemetry.md</c> says when each is there. Those that begin with
/// <c>gen_ai</c> are OpenTelemetry's, of its GenAI conventions 1.42: https://github.com/open-telemetry/semantic-conventions-genai.
/// </summary>
internal static class TelemetryNames
{
    /// <summary>The activity source and the meter.</summary>
    public const string Source = "Tollgate";

    /// <summary>The value of <c>service.name</c> where the environment names no other.</summary>
    public const string Service = "tollgate";

    /// <summary>Spans are named after their operation, and the model where it is known.</summary>
    internal static class Spans
    {
        /// <summary>A call, and each of its attempts.</summary>
        public const string Chat = "chat";
    }

    internal static class Metrics
    {
        public const string RequestDuration = "gen_ai.server.request.duration";
        public const string TimeToFirstToken = "gen_ai.server.time_to_first_token";
        public const string TimePerOutputToken = "gen_ai.server.time_per_output_token";
        public const string OperationDuration = "gen_ai.client.operation.duration";
        public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
        public const string TokenUsage = "gen_ai.client.token.usage";
        public const string Cost = "tollgate.cost";
        public const string Attempts = "tollgate.attempts";
        public const string Failovers = "tollgate.failovers";
        public const string BreakerChanges = "tollgate.breaker.changes";
        public const string MalformedEvents = "tollgate.stream.malformed_events";
        public const string BudgetRefusals = "tollgate.budget.refusals";
        public const string BudgetUnchecked = "tollgate.budget.unchecked";
        public const string BudgetOverrun = "tollgate.budget.overrun";
        public const string BudgetThreshold = "tollgate.budget.threshold";
        public const string AlertsLost = "tollgate.alerts.lost";
        public const string Loops = "tollgate.loops";
        public const string LeasesHeld = "tollgate.lease.held";
        public const string LeaseMessages = "tollgate.lease.messages";
        public const string LeaseClaims = "tollgate.lease.claims";
        public const string LeasesLost = "tollgate.lease.lost";
        public const string LeaseWait = "tollgate.lease.wait";
        public const string LedgerQueue = "tollgate.ledger.queue";
        public const string LedgerWriteDuration = "tollgate.ledger.write.duration";
        public const string LedgerRetries = "tollgate.ledger.retries";
        public const string LedgerLostRows = "tollgate.ledger.lost_rows";
    }

    internal static class Attributes
    {
        public const string Operation = "gen_ai.operation.name";
        public const string Provider = "gen_ai.provider.name";
        public const string RequestModel = "gen_ai.request.model";
        public const string RequestStream = "gen_ai.request.stream";
        public const string RequestChoices = "gen_ai.request.choice.count";
        public const string RequestMaxTokens = "gen_ai.request.max_tokens";
        public const string ResponseModel = "gen_ai.response.model";
        public const string FinishReasons = "gen_ai.response.finish_reasons";
        public const string TimeToFirstChunk = "gen_ai.response.time_to_first_chunk";
        public const string InputTokens = "gen_ai.usage.input_tokens";
        public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
        public const string CacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
        public const string OutputTokens = "gen_ai.usage.output_tokens";
        public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";
        public const string TokenType = "gen_ai.token.type";
        public const string ErrorType = "error.type";
        public const string HttpStatus = "http.response.status_code";
        public const string ServerAddress = "server.address";
        public const string ServerPort = "server.port";
        public const string Tenant = "tollgate.tenant";
        public const string RequestId = "tollgate.request_id";
        public const string Deployment = "tollgate.deployment";
        public const string Region = "tollgate.region";
        public const string Attempts = "tollgate.attempts";
        public const string AttemptNumber = "tollgate.attempt.number";
        public const string AttemptKind = "tollgate.attempt.kind";
        public const string AttemptCause = "tollgate.attempt.cause";
        public const string CostMicroUsd = "tollgate.cost.micro_usd";
        public const string Estimated = "tollgate.usage.estimated";
        public const string Reason = "tollgate.reason";
        public const string Percent = "tollgate.limit.percent";
        public const string Unit = "tollgate.limit.unit";
        public const string Window = "tollgate.limit.window";
        public const string Scope = "tollgate.limit.scope";
        public const string LeaseMessage = "tollgate.lease.message";
        public const string Outcome = "tollgate.outcome";
        public const string BreakerState = "tollgate.breaker.state";
    }

    internal static class Values
    {
        public const string Input = "input";
        public const string Output = "output";

        /// <summary>The first attempt of a call.</summary>
        public const string First = "first";

        /// <summary>Another at the same deployment, perhaps with another credential.</summary>
        public const string Retry = "retry";

        /// <summary>One at another deployment, because the one before has failed.</summary>
        public const string Failover = "failover";

        /// <summary>What ended is nobody's error: the caller left.</summary>
        public const string Disconnected = "disconnected";

        /// <summary>OpenTelemetry's word for an error of no known type.</summary>
        public const string OtherError = "_OTHER";

        /// <summary>A budget that could not be looked up.</summary>
        public const string Unavailable = "unavailable";

        /// <summary>A caller waits for the answer.</summary>
        public const string Ask = "ask";

        public const string Tell = "tell";
        public const string Taken = "taken";
        public const string None = "none";
        public const string Full = "full";
        public const string Failed = "failed";
        public const string Refused = "refused";
        public const string Slowed = "slowed";
        public const string Shutdown = "shutdown";

        /// <summary>Of a breaker: its deployment is not asked.</summary>
        public const string Open = "open";

        /// <summary>One call tries it.</summary>
        public const string HalfOpen = "half_open";

        /// <summary>It is asked as usual.</summary>
        public const string Closed = "closed";
    }
}
