namespace Tollgate.Health;

/// <summary>
/// What a provider says is left of its rate limits, in requests and in tokens, credential by credential. Between two replies it is counted
/// down by what is sent, and up evenly towards the reset, when a limit is whole again.
/// </summary>
/// <param name="credentials">How many credentials there are; 0 counts as one.</param>
internal sealed class ProviderQuota(int credentials)
{
    private readonly QuotaReading?[] readings = new QuotaReading?[Math.Max(1, credentials)];

    /// <summary>Takes what a reply said.</summary>
    /// <param name="credential">With which credential it was asked, by its place.</param>
    /// <param name="reading">What it said.</param>
    public void Note(int credential, QuotaReading reading) => Volatile.Write(ref readings[credential], reading);

    /// <summary>A call is sent.</summary>
    /// <param name="credential">With which credential, by its place.</param>
    /// <param name="tokens">Its prompt, estimated.</param>
    public void Sent(int credential, long tokens) => Volatile.Read(ref readings[credential])?.Take(tokens);

    /// <summary>Whether every credential has too little left for a call.</summary>
    /// <param name="tokens">Its prompt.</param>
    /// <param name="now">UTC ticks.</param>
    /// <param name="lack">What is missing where least is missing.</param>
    public bool Lacks(long tokens, long now, out Lack lack)
    {
        lack = default;
        for (var i = 0; i < readings.Length; i++)
        {
            if (Volatile.Read(ref readings[i]) is not { } reading || !reading.Lacks(tokens, now, out var missing))
            {
                return false;
            }
            lack = i == 0 || missing.Left < lack.Left ? missing : lack;
        }
        return true;
    }

    /// <summary>The part of the tighter limit that is left, of the credential that has most: 0 to 1; 1 where nothing is known.</summary>
    /// <param name="now">UTC ticks.</param>
    public double Share(long now)
    {
        var most = 0.0;
        for (var i = 0; i < readings.Length; i++)
        {
            most = Math.Max(most, Volatile.Read(ref readings[i])?.Share(now) ?? 1);
        }
        return most;
    }

    /// <summary>What is missing.</summary>
    /// <param name="Left">Until there is enough.</param>
    /// <param name="Needed">Tokens, or one request.</param>
    /// <param name="Available">What is left of them.</param>
    public readonly record struct Lack(TimeSpan Left, long Needed, long Available);
}
