using System.Text.Json;
using Tollgate.Errors;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class UpstreamErrorsTests
{
    public static TheoryData<string, bool, string, int> Thrown => new()
    {
        { nameof(HttpRequestException), false, nameof(FailureKind.Network), 502 },
        { nameof(IOException), false, nameof(FailureKind.Network), 502 },
        { nameof(IOException), true, nameof(FailureKind.Timeout), 504 },
        { nameof(OperationCanceledException), false, nameof(FailureKind.Timeout), 504 },
        { nameof(InvalidDataException), false, nameof(FailureKind.BadReply), 502 },
        { nameof(JsonException), false, nameof(FailureKind.BadReply), 502 },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void E_BrokenExchange_HasItsKind(string thrown, bool timedOut, string kind, int status)
    {
        Exception exception = thrown switch
        {
            nameof(HttpRequestException) => new HttpRequestException(),
            nameof(IOException) => new IOException(),
            nameof(OperationCanceledException) => new OperationCanceledException(),
            nameof(InvalidDataException) => new InvalidDataException(),
            _ => new JsonException(),
        };
        Assert.True(UpstreamErrors.IsBroken(exception));
        var failure = UpstreamErrors.Failure(exception, timedOut, FailureKind.Network);
        Assert.Equal((kind, status), (failure.Kind.ToString(), failure.Status));
    }

    [Fact]
    public void F_CutStream_IsCutWhereTheRelayBreaks() =>
        Assert.Equal(FailureKind.Cut, UpstreamErrors.Failure(new IOException(), timedOut: false, FailureKind.Cut).Kind);

    [Fact]
    public void IsBroken_BugsOfOurs_AreNotTheUpstreams() => Assert.False(UpstreamErrors.IsBroken(new InvalidOperationException()) || UpstreamErrors.IsBroken(new NotSupportedException()));
}
