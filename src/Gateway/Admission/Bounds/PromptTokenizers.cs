using Microsoft.ML.Tokenizers;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// Tokenizers that are read in the background the first time that one would have been of use: reading takes a second or more, which
/// neither a cold start nor a call can spare.
/// </summary>
/// <param name="load">Reads one.</param>
internal sealed class PromptTokenizers(Func<TokenEncoding, Tokenizer> load)
{
    private readonly Lazy<Task<Tokenizer>>[] loading = [.. Enum.GetValues<TokenEncoding>().Select(encoding => new Lazy<Task<Tokenizer>>(() => Task.Run(() => load(encoding))))];

    public PromptTokenizers()
        : this(static encoding => TiktokenTokenizer.CreateForEncoding(encoding == TokenEncoding.O200k ? "o200k_base" : "cl100k_base"))
    {
    }

    /// <summary>The tokenizer where it is there; else null, and it is on its way.</summary>
    public Tokenizer? Find(TokenEncoding encoding) => LoadAsync(encoding) is { IsCompletedSuccessfully: true } loaded ? loaded.Result : null;

    /// <summary>Reads a tokenizer, once.</summary>
    public Task<Tokenizer> LoadAsync(TokenEncoding encoding) => loading[(int)encoding].Value;
}
