namespace Tollgate.Admission;

/// <summary>The most a call can use, before it is sent.</summary>
/// <param name="PromptTokens">Upper bound of the prompt.</param>
/// <param name="OutputTokens">Output cap of one choice.</param>
/// <param name="Choices">How many choices are asked for.</param>
/// <param name="PromptMicroUsd">The most the prompt can cost.</param>
/// <param name="OutputRate">The most an output token can cost, in micro-USD.</param>
internal readonly record struct CallBound(long PromptTokens, long OutputTokens, int Choices, decimal PromptMicroUsd, decimal OutputRate);
