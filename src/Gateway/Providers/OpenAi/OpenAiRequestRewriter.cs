using System.Globalization;
using System.Text;
using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Intake;

namespace Tollgate.Providers.OpenAi;

/// <summary>The few places of a request body that differ between what the caller sent and what its upstream gets.</summary>
internal static class OpenAiRequestRewriter
{
    private static readonly byte[] UsageOption = "\"stream_options\":{\"include_usage\":true},"u8.ToArray();
    private static readonly byte[] UsageMember = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] UsageObject = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] MaxTokens = "\"max_tokens\""u8.ToArray();
    private static readonly byte[] MaxCompletionTokens = "\"max_completion_tokens\""u8.ToArray();

    /// <summary>Rewrites the body for one deployment.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The deployment's model.</param>
    /// <param name="cap">Output cap in tokens that the budget sets; null to leave the caller's.</param>
    public static SplicedContent Rewrite(IncomingCall call, ModelProfile model, long? cap)
    {
        var scan = call.Scan;
        var content = new SplicedContent(call.Body.Memory);
        var start = call.Body.Span.IndexOf((byte)'{') + 1;
        if (scan.ModelValue.Equals(default))
        {
            content.Insert(start, Utf8($"\"model\":{Quoted(model.Model)},"));
        }
        else if (scan.Model != model.Model)
        {
            content.Replace(scan.ModelValue, Utf8(Quoted(model.Model)));
        }
        if (scan.Stream && !scan.IncludeUsage)
        {
            AskForUsage(content, scan, call.Body.Span, start);
        }
        SetCap(content, scan, model, cap, start);
        return content;
    }

    /// <summary>The gateway bills from the provider's own numbers; a stream carries them only when asked.</summary>
    private static void AskForUsage(SplicedContent content, CallScan scan, ReadOnlySpan<byte> body, int start)
    {
        if (!scan.IncludeUsageValue.Equals(default))
        {
            content.Replace(scan.IncludeUsageValue, True);
        }
        else if (scan.StreamOptionsValue.Equals(default))
        {
            content.Insert(start, UsageOption);
        }
        else if (body[scan.StreamOptionsValue].Contains((byte)'"'))
        {
            content.Insert(scan.StreamOptionsValue.Start.Value + 1, UsageMember);
        }
        else
        {
            content.Replace(scan.StreamOptionsValue, UsageObject);
        }
    }

    /// <summary>Every cap the body has is lowered; a body that has none, or <c>null</c>, gets one where no second of its name would stand.</summary>
    private static void SetCap(SplicedContent content, CallScan scan, ModelProfile model, long? cap, int start)
    {
        var (old, current) = (scan.MaxTokens, scan.MaxCompletionTokens);
        var (oldSet, currentSet) = (old is { Tokens: not null }, current is { Tokens: not null });
        if (cap is { } tokens)
        {
            if (old is null && current is null)
            {
                var name = model.NeedsMaxCompletionTokens ? "max_completion_tokens" : "max_tokens";
                content.Insert(start, Utf8(string.Create(CultureInfo.InvariantCulture, $"\"{name}\":{tokens},")));
                return;
            }
            if (!oldSet && !currentSet)
            {
                (oldSet, currentSet) = current is null || (old is not null && !model.NeedsMaxCompletionTokens) ? (true, false) : (false, true);
            }
            var digits = Utf8(tokens.ToString(CultureInfo.InvariantCulture));
            if (oldSet && !(old!.Value.Tokens <= tokens))
            {
                content.Replace(old.Value.Value, digits);
            }
            if (currentSet && !(current!.Value.Tokens <= tokens))
            {
                content.Replace(current.Value.Value, digits);
            }
        }
        if (model.NeedsMaxCompletionTokens && oldSet && !currentSet)
        {
            content.Replace(old!.Value.Name, MaxCompletionTokens);
            if (current is { } empty)
            {
                content.Replace(empty.Name, MaxTokens);
            }
        }
    }

    private static string Quoted(string model) => $"\"{JsonEncodedText.Encode(model)}\"";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
