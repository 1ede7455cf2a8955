using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Tollgate.Admission.Bounds;

namespace Tollgate.Gateway.Tests.Admission.Bounds;

/// <summary>The tokenizers themselves, and the same ones without special tokens: as OpenAI reads a prompt's text.</summary>
internal static class Tokenizers
{
    private static readonly PromptTokenizers Loaded = new();

    private static readonly Lazy<Tokenizer> ExactO200k = new(() => Exact("O200kBase", "o200k_base", """[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""));

    private static readonly Lazy<Tokenizer> ExactCl100k = new(() => Exact("Cl100kBase", "cl100k_base", """(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""));

    public static Task<Tokenizer> LoadAsync(TokenEncoding encoding) => Loaded.LoadAsync(encoding);

    public static Tokenizer ExactFor(TokenEncoding encoding) => (encoding == TokenEncoding.O200k ? ExactO200k : ExactCl100k).Value;

    private static TiktokenTokenizer Exact(string package, string name, string pattern)
    {
        var assembly = Assembly.Load($"Microsoft.ML.Tokenizers.Data.{package}");
        using var packed = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(resource => resource.Contains(name, StringComparison.Ordinal)))!;
        using var vocabulary = new DeflateStream(packed, CompressionMode.Decompress);
        return TiktokenTokenizer.Create(vocabulary, new RegexPreTokenizer(new Regex(pattern, RegexOptions.Compiled, TimeSpan.FromMinutes(1)), specialTokens: null), normalizer: null);
    }
}
