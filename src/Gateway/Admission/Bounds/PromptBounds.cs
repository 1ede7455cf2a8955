using System.Runtime.InteropServices;
using Microsoft.ML.Tokenizers;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Intake;
using Tollgate.Routing;
using Tollgate.Settlement;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// The most that a call can use, before it is sent. It holds for whichever target will answer: of each, the prompt as its provider
/// would bill it at the most, at its own prices; then the largest of them all. Quick first; counted only where that does not fit a budget.
/// </summary>
internal sealed class PromptBounds(PromptTokenizers tokenizers)
{
    /// <summary>By what the scan found: nothing is read again, nothing is allocated.</summary>
    public static CallBound Quick(IncomingCall call, IReadOnlyList<Deployment> targets)
    {
        var scan = call.Scan;
        var most = new Most(scan, call.ReceivedAt);
        for (var i = 0; i < targets.Count; i++)
        {
            most.Include(targets[i], ModelCost.Of(targets[i]), scan.TextBytes);
        }
        return most.Bound();
    }

    /// <summary>
    /// Counts the prompt's text with the models' own tokenizers, where they are public and loaded; else by the bytes of the text
    /// without JSON's escapes. Loading starts with the first call that could use it.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="targets">Those the quick bound was made for.</param>
    /// <param name="quick">The quick bound.</param>
    /// <param name="tighter">A bound that is nowhere higher, and in tokens or in money lower.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTighten(IncomingCall call, IReadOnlyList<Deployment> targets, in CallBound quick, out CallBound tighter)
    {
        var scan = call.Scan;
        var texts = new Texts(call, tokenizers);
        var most = new Most(scan, call.ReceivedAt);
        for (var i = 0; i < targets.Count; i++)
        {
            var cost = ModelCost.Of(targets[i]);
            most.Include(targets[i], cost, Math.Min(scan.TextBytes, texts.Tokens(cost.Encoding)));
        }
        tighter = most.Bound();
        return tighter.PromptTokens < quick.PromptTokens || tighter.PromptMicroUsd < quick.PromptMicroUsd;
    }

    /// <summary>The largest of each number among the targets.</summary>
    private struct Most(CallScan scan, DateTimeOffset opened)
    {
        private long prompt;
        private long output;
        private decimal promptCost;
        private decimal outputRate;

        public void Include(Deployment target, ModelCost cost, long text)
        {
            var model = target.Profile;
            var size = Prompt(model, cost, text);
            prompt = Math.Max(prompt, size.Tokens);
            output = Math.Max(output, Math.Min(scan.Cap ?? long.MaxValue, model.MaxOutput));
            if (model.Prices is { } prices)
            {
                // A call that names no tier is served with the one its provider's project is set to, which may be a dearer one.
                var (price, tier) = (prices.At(opened), scan.Tier ?? target.ProjectTier ?? ServiceTier.Priority);
                promptCost = Math.Max(promptCost, CostCalculator.PromptBound(price, size, tier));
                outputRate = Math.Max(outputRate, CostCalculator.OutputRate(price, size.Tokens, tier));
            }
        }

        public readonly CallBound Bound() => new(prompt, output, scan.Choices, promptCost, outputRate);

        private readonly PromptSize Prompt(ModelProfile model, ModelCost cost, long text)
        {
            var (media, sound, images) = (0L, 0L, 0L);
            foreach (var part in CollectionsMarshal.AsSpan(scan.Media))
            {
                var tokens = Math.Min(cost.Media.Of(part), MediaCost.Unbounded);
                media = Math.Min(media + tokens, MediaCost.Unbounded);

                // A file may hold either, or both.
                sound = Math.Min(sound + (part.Kind == MediaKind.Image ? 0 : tokens), MediaCost.Unbounded);
                images = Math.Min(images + (part.Kind == MediaKind.Audio ? 0 : tokens), MediaCost.Unbounded);
            }
            var around = cost.PerRequest + ((long)scan.Messages * ModelCost.PerMessage)
                + (scan.HasTools ? cost.WithTools + ((long)scan.ProviderTools * cost.PerProviderTool) : 0)
                + (scan.HasJsonSchema ? cost.WithTools : 0);
            var all = text + around + media;

            // No provider takes, or bills, a prompt longer than the model's window. Of a model that is not listed the window is a guess,
            // which has to do where there is no other bound.
            var isWindowKnown = model.Family != ModelProfile.UnknownFamily;
            if (isWindowKnown || media >= MediaCost.Unbounded)
            {
                all = Math.Min(all, model.ContextWindow);
            }
            return new PromptSize(all, Math.Min(sound, all), Math.Min(images, all));
        }
    }

    /// <summary>The text of one call, counted once for each tokenizer.</summary>
    private struct Texts(IncomingCall call, PromptTokenizers tokenizers)
    {
        private long? bytes;
        private long? o200k;
        private long? cl100k;

        public long Tokens(TokenEncoding? encoding) => encoding switch
        {
            TokenEncoding.O200k => o200k ??= Counted(TokenEncoding.O200k),
            TokenEncoding.Cl100k => cl100k ??= Counted(TokenEncoding.Cl100k),
            _ => Bytes(),
        };

        private long Counted(TokenEncoding encoding) => tokenizers.Find(encoding) is { } tokenizer ? Count(tokenizer) : Bytes();

        private long Bytes() => bytes ??= Count(tokenizer: null);

        private readonly long Count(Tokenizer? tokenizer)
        {
            using var counter = new TextCounter(tokenizer);
            PromptText.Count(call.Body.Span, counter);
            return counter.Tokens;
        }
    }
}
