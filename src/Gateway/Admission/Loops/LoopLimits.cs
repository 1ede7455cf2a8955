namespace Tollgate.Admission.Loops;

/// <summary>From how many repetitions of one prompt by one key a tenant's calls are taken for a loop that has run away.</summary>
/// <param name="SlowAfter">Within a minute; further ones have to wait. At least 2.</param>
/// <param name="RefuseAfter">Within a minute; further ones are refused. More than <paramref name="SlowAfter"/>.</param>
internal sealed record LoopLimits(int SlowAfter, int RefuseAfter)
{
    public const int DefaultSlowAfter = 20;

    public const int DefaultRefuseAfter = 60;

    public const int Least = 2;

    public const int Most = 100_000;
}
