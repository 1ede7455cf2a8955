using Tollgate.Providers.RemoteFiles;

namespace Tollgate.EndToEnd.Tests;

/// <summary>Stands in for the public internet, which the tests do not reach: every URL is the same picture.</summary>
internal sealed class FetchedImages : IRemoteFiles
{
    public static readonly byte[] Bytes = "GIF89a"u8.ToArray();

    public ValueTask<RemoteFile> FetchAsync(string url, string param, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RemoteFile("image/gif", Bytes));
}
