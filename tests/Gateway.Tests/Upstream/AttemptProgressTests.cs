using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class AttemptProgressTests
{
    private static readonly Deployment Target = Some.Deployment("main", Some.Profile() with { Prices = Some.Prices(new ModelPrice { Input = 3, Output = 5 }) });

    [Theory]
    [InlineData(false, false, null, 0, 0)]
    [InlineData(true, true, null, 0, 0)]
    [InlineData(true, true, 9, 0, 0)]
    [InlineData(true, false, null, 2, 6)]
    [InlineData(true, false, 9, 9, 27)]
    public void Broken_WholeRequestAndNoRefusal_CostsWhatIsToldElseThePrompt(bool sent, bool refused, int? told, int tokens, int microUsd) =>
        Assert.Equal((tokens, microUsd), Cost(new AttemptProgress { IsSent = sent, IsRefused = refused }, null, told));

    [Theory]
    [InlineData(nameof(FailureKind.BadReply), false, null, 2)]
    [InlineData(nameof(FailureKind.BadReply), false, 9, 9)]
    [InlineData(nameof(FailureKind.BadReply), true, null, 0)]
    [InlineData(nameof(FailureKind.ServerError), false, null, 0)]
    [InlineData(nameof(FailureKind.ServerError), false, 9, 9)]
    [InlineData(nameof(FailureKind.Overloaded), true, null, 0)]
    public void Failed_AnswerThatIsNone_CostsThePrompt_AnErrorOnlyWhatItTells(string kind, bool refused, int? told, int tokens) =>
        Assert.Equal(tokens, Cost(new AttemptProgress { IsSent = true, IsRefused = refused }, new UpstreamFailure(Enum.Parse<FailureKind>(kind), 200), told).Tokens);

    [Fact]
    public void Failed_UsageInTheFailure_GoesFirst()
    {
        using var call = Some.Call();
        var failure = new UpstreamFailure(FailureKind.BadReply, 200) { Usage = new TokenUsage { Prompt = 4, Completion = 1 } };
        Assert.Equal(new BilledAttempt("main", failure.Usage.Value, 17, "v"), new AttemptProgress { IsSent = true }.Failed(failure, new TokenUsage { Prompt = 9 }, call, Target));
    }

    [Fact]
    public async Task TrackedContent_IsTheBody_AndSentOnceAllOfItWasWritten()
    {
        var progress = new AttemptProgress();
        using var content = new TrackedContent(new StringContent("0123456789", System.Text.Encoding.UTF8, "application/json"), progress);
        Assert.Equal((10L, "application/json; charset=utf-8"), (content.Headers.ContentLength, content.Headers.ContentType?.ToString()));
        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(new MemoryStream(new byte[5])));
        Assert.False(progress.IsSent);
        using var written = new MemoryStream();
        await content.CopyToAsync(written);
        Assert.True(progress.IsSent);
        Assert.Equal("0123456789"u8, written.ToArray());
    }

    private static (int Tokens, int MicroUsd) Cost(AttemptProgress progress, UpstreamFailure? failure, int? told)
    {
        using var call = Some.Call("""{"messages":[{"role":"user","content":"hello"}]}""");
        TokenUsage? usage = told is { } tokens ? new TokenUsage { Prompt = tokens } : null;
        var used = failure is null ? progress.Broken(usage, call, Target) : progress.Failed(failure, usage, call, Target);
        return ((int)(used?.Usage.Total ?? 0), (int)(used?.MicroUsd ?? 0));
    }
}
