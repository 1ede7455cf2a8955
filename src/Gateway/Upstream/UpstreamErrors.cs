using System.Net.Http.Headers;
using Tollgate.Errors;

namespace Tollgate.Upstream;

/// <summary>What an exception on the way to or from an upstream means.</summary>
internal static class UpstreamErrors
{
    public static bool IsBroken(Exception thrown) =>
        thrown is HttpRequestException or IOException or InvalidDataException or OperationCanceledException or System.Text.Json.JsonException;

    /// <summary>Brotli's word for broken data, where nothing but reading can have thrown it.</summary>
    public static bool IsGarbled(Exception thrown) => thrown is InvalidOperationException and not ObjectDisposedException;

    /// <param name="thrown">One of those <see cref="IsBroken"/> names.</param>
    /// <param name="timedOut">The attempt's own time ran out.</param>
    /// <param name="otherwise">What a broken connection means in this phase.</param>
    public static UpstreamFailure Failure(Exception thrown, bool timedOut, FailureKind otherwise) => thrown switch
    {
        // A connect time-out comes as a cancellation that nobody asked for.
        OperationCanceledException => new(FailureKind.Timeout, 504),
        _ when timedOut => new(FailureKind.Timeout, 504),
        InvalidDataException or InvalidOperationException or System.Text.Json.JsonException => new(FailureKind.BadReply, 502),
        _ => new(otherwise, 502),
    };

    public static UpstreamFailure WithHeaders(this UpstreamFailure failure, HttpResponseHeaders headers, DateTimeOffset now) => failure with
    {
        RetryAfter = Errors.RetryAfter.Read(headers, now) ?? failure.RetryAfter,
        ShouldRetry = Errors.RetryAfter.ReadShouldRetry(headers),
    };
}
