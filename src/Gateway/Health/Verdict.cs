using Tollgate.Errors;
using Tollgate.Upstream;

namespace Tollgate.Health;

/// <summary>What an attempt says of its deployment's health.</summary>
internal enum Verdict
{
    /// <summary>It answers, if perhaps not as wished: an error that it tells of is one of the request, the credential or the quota.</summary>
    Alive,

    Failed,

    /// <summary>Nothing: the caller left or gave it too little time.</summary>
    Unknown,
}

internal static class Verdicts
{
    public static Verdict Of(in AttemptResult result) => result switch
    {
        { Reply: not null } => Verdict.Alive,
        { Failure: null } => Verdict.Unknown,
        _ => Of(result.Failure.Kind),
    };

    private static Verdict Of(FailureKind kind) => kind switch
    {
        FailureKind.Overloaded or FailureKind.Timeout or FailureKind.ServerError or FailureKind.Network or FailureKind.BadReply or FailureKind.Cut => Verdict.Failed,
        FailureKind.Deadline => Verdict.Unknown,
        _ => Verdict.Alive,
    };
}
