using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Tollgate.Gateway.Tests.Streaming;

/// <summary>A response body that a test reads from the other end of a pipe.</summary>
internal sealed class PipeBody(PipeWriter writer) : IHttpResponseBodyFeature
{
    public Stream Stream => writer.AsStream();

    public PipeWriter Writer => writer;

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;
}
