using Tollgate.Errors;

namespace Tollgate.Providers.RemoteFiles;

/// <summary>Fetches files that callers name by URL, for upstreams that take only inline data.</summary>
internal interface IRemoteFiles
{
    /// <summary>Fetches one file. https only, public addresses only, bounded in size, time and redirects.</summary>
    /// <param name="url">What the caller named.</param>
    /// <param name="param">Path of the parameter, for the error.</param>
    /// <param name="cancellationToken">The call's end.</param>
    /// <exception cref="CallerErrorException">The file is refused or cannot be had.</exception>
    ValueTask<RemoteFile> FetchAsync(string url, string param, CancellationToken cancellationToken);
}

/// <param name="MediaType">From the response, e.g. <c>image/png</c>.</param>
/// <param name="Bytes">The whole file.</param>
internal sealed record RemoteFile(string MediaType, ReadOnlyMemory<byte> Bytes);
