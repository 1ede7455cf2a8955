namespace Tollgate.Providers.RemoteFiles;

/// <summary>Bounds of one fetch.</summary>
internal sealed record RemoteFileLimits
{
    public int MostBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>From the first look-up to the last byte, redirects included.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    public int Redirects { get; init; } = 3;

    /// <summary>TCP ports a URL may name.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [443];
}
