using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>
/// Reads <c>streamGenerateContent?alt=sse</c>. Every event is an answer of its own that adds to the ones before; there is no event
/// that says the end, so the answer is whole once every choice seen has its finish reason.
/// </summary>
internal sealed class GeminiStream(ReplyContext context) : IStreamTranslator
{
    private const int Ok = 200;

    private readonly SortedDictionary<int, ChoiceReader> choices = [];
    private readonly CallIds ids = new(context.CallId);
    private bool saidSomething;

    public void Read(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> data, StreamSink sink)
    {
        var response = ReplyReader.Parse(data);
        if (response.Error is { } error)
        {
            sink.Failure = FailureReader.Read(error, Ok);
            return;
        }
        sink.Usage = response.UsageMetadata?.ToUsage() ?? sink.Usage;
        foreach (var candidate in response.Candidates ?? [])
        {
            if (candidate is not null && !TryRead(candidate, sink))
            {
                return;
            }
        }
        if (choices.Count == 0 && response.PromptFeedback?.BlockReason is { } reason)
        {
            choices[0] = new ChoiceReader(context.Origin, ids, streamed: true) { Finished = true };
            sink.Deltas.Add(new ChatDelta { FinishReason = FinishReasons.ContentFilter, NativeFinishReason = reason });
        }
        sink.Finished = IsWhole;
    }

    public void End(StreamSink sink) => sink.Finished = IsWhole;

    private bool IsWhole => choices.Count > 0 && choices.Values.All(choice => choice.Finished);

    private bool TryRead(Candidate candidate, StreamSink sink)
    {
        if (!choices.TryGetValue(candidate.Index, out var choice))
        {
            choices[candidate.Index] = choice = new ChoiceReader(context.Origin, ids, streamed: true);
        }
        var delta = new ChatDelta { Choice = candidate.Index, Logprobs = LogprobsTranslation.ToOpenAi(candidate.LogprobsResult) };
        choice.Read(candidate, delta.Message);
        if (candidate.FinishReason is { } native && !choice.Finished)
        {
            var verdict = FinishVerdict.Of(native, choice.CalledTools);
            if (verdict.Broken && !saidSomething)
            {
                sink.Failure = new UpstreamFailure(FailureKind.BadReply, Ok) { NativeCode = native };
                return false;
            }
            delta.FinishReason = verdict.Reason;
            delta.NativeFinishReason = verdict.Native;
            delta.Message.ExtraContent = choice.Mark();
            choice.Finished = true;
        }
        if (delta.FinishReason is not null || !delta.Message.IsEmpty)
        {
            saidSomething = true;
            sink.Deltas.Add(delta);
        }
        return true;
    }
}
