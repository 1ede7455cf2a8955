using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>Reads a whole answer.</summary>
internal static class ReplyReader
{
    private const int Ok = 200;

    /// <exception cref="JsonException">Not an answer of this wire.</exception>
    public static ReadResult Read(ReadOnlySpan<byte> body, ReplyContext context)
    {
        var response = Parse(body);
        if (response.Error is { } error)
        {
            return FailureReader.Read(error, Ok);
        }
        var reply = new ChatReply { Usage = response.UsageMetadata?.ToUsage() };
        var ids = new CallIds(context.CallId);
        foreach (var candidate in response.Candidates ?? [])
        {
            if (candidate is not null && !TryAdd(reply, candidate, new ChoiceReader(context.Origin, ids, streamed: false)))
            {
                return new UpstreamFailure(FailureKind.BadReply, Ok) { NativeCode = candidate.FinishReason, Usage = reply.Usage };
            }
        }
        if (reply.Choices.Count == 0 && !TryAddBlocked(reply, response.PromptFeedback))
        {
            return new UpstreamFailure(FailureKind.BadReply, Ok) { Usage = reply.Usage };
        }
        return reply;
    }

    /// <summary>An error may come in an array, as <c>streamGenerateContent</c> sends it without <c>alt=sse</c>.</summary>
    public static GenerateContentResponse Parse(ReadOnlySpan<byte> body)
    {
        var isArray = body.TrimStart(" \t\r\n"u8).StartsWith("["u8);
        var response = isArray
            ? JsonSerializer.Deserialize(body, GeminiJson.Default.ListGenerateContentResponse)?.Find(item => item?.Error is not null)
            : JsonSerializer.Deserialize(body, GeminiJson.Default.GenerateContentResponse);
        return response ?? throw new JsonException();
    }

    /// <summary>Nothing of a whole answer has reached the caller yet, so one that is broken is asked for again.</summary>
    private static bool TryAdd(ChatReply reply, Candidate candidate, ChoiceReader reader)
    {
        var choice = new ChatChoice { Index = candidate.Index, Logprobs = LogprobsTranslation.ToOpenAi(candidate.LogprobsResult) };
        reader.Read(candidate, choice.Message);
        var verdict = FinishVerdict.Of(candidate.FinishReason ?? "STOP", reader.CalledTools);
        choice.FinishReason = verdict.Reason;
        choice.NativeFinishReason = verdict.Native;
        choice.Message.ExtraContent = reader.Mark();
        if (!reader.CalledTools && verdict.Reason != FinishReasons.ContentFilter)
        {
            choice.Message.Content ??= "";
        }
        reply.Choices.Add(choice);
        return !verdict.Broken;
    }

    private static bool TryAddBlocked(ChatReply reply, PromptFeedback? feedback)
    {
        if (feedback?.BlockReason is not { } reason)
        {
            return false;
        }
        reply.Choices.Add(new ChatChoice { FinishReason = FinishReasons.ContentFilter, NativeFinishReason = reason });
        return true;
    }
}
