namespace Tollgate.Dialects.OpenAi;

/// <summary>What every answer and every chunk of one call says of itself.</summary>
/// <param name="Id">e.g. <c>chatcmpl-…</c>.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="Model">The model as the caller asked for it.</param>
internal sealed record OpenAiReplyHead(string Id, long Created, string Model);
