namespace Tollgate.Admission.Bounds;

/// <summary>OpenAI's public tokenizers.</summary>
internal enum TokenEncoding
{
    O200k,
    Cl100k,
}

internal static class TokenEncodings
{
    /// <summary>Models whose tokenizer is published; of GPT-5.1 and later nothing is. Source: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py.</summary>
    private static readonly (string Model, TokenEncoding Encoding)[] Table =
    [
        ("gpt-4o", TokenEncoding.O200k),
        ("chatgpt-4o", TokenEncoding.O200k),
        ("gpt-4.1", TokenEncoding.O200k),
        ("gpt-4.5", TokenEncoding.O200k),
        ("gpt-5", TokenEncoding.O200k),
        ("gpt-oss", TokenEncoding.O200k),
        ("o1", TokenEncoding.O200k),
        ("o3", TokenEncoding.O200k),
        ("o4-mini", TokenEncoding.O200k),
        ("gpt-4", TokenEncoding.Cl100k),
        ("gpt-4-turbo", TokenEncoding.Cl100k),
        ("gpt-3.5-turbo", TokenEncoding.Cl100k),
    ];

    public static TokenEncoding? Find(string model) => ModelNames.TryFind(Table, model, out var encoding) ? encoding : null;
}
