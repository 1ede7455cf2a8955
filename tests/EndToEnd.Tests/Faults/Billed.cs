namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>What one failed attempt at the Simulator is charged, in tokens, for the prompt of <see cref="Bench.Body"/>.</summary>
/// <param name="Prompt">Tokens.</param>
/// <param name="Completion">Tokens.</param>
internal readonly record struct Billed(long Prompt, long Completion)
{
    /// <summary>The prompt as the Simulator counts it: its words.</summary>
    public const long Words = 5;

    /// <summary>The prompt as the gateway estimates it: a token for four of its 23 bytes.</summary>
    private static readonly Billed Estimated = new(6, 0);

    /// <summary>What Anthropic's streams begin with.</summary>
    private static readonly Billed Told = new(Words, 1);

    public bool Any => Prompt > 0;

    /// <summary>At one micro-USD for a prompt token and two for one of output.</summary>
    public long Cost => Prompt + (2 * Completion);

    /// <param name="wire">Of the target.</param>
    /// <param name="stream">A stream was asked for.</param>
    /// <param name="fault">The scenario, which ends in its fault.</param>
    public static Billed Of(string wire, bool stream, string fault)
    {
        var tells = wire == "anthropic" && stream;
        return fault.Split('-')[^1].Replace("x1", "", StringComparison.Ordinal) switch
        {
            "reset" or "hang" or "silent" or "html200" => Estimated,
            "cut0" or "cut1" or "end0" or "end1" or "stall0" or "stall1" or "bad1" => tells ? Told : Estimated,
            "err0" when tells => Told,
            _ => default,
        };
    }
}
