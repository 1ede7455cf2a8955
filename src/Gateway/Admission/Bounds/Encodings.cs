namespace Tollgate.Admission.Bounds;

/// <summary>OpenAI's public tokenizers.</summary>
internal enum Encoding
{
    O200k,
    Cl100k,
}

internal static class Encodings
{
    /// <summary>Models whose tokenizer is published. Source: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py.</summary>
    private static readonly (string Model, Encoding Encoding)[] Table =
    [
        ("gpt-4o", Encoding.O200k),
        ("chatgpt-4o", Encoding.O200k),
        ("gpt-4.1", Encoding.O200k),
        ("gpt-4.5", Encoding.O200k),
        ("gpt-5", Encoding.O200k),
        ("gpt-5.1", Encoding.O200k),
        ("gpt-5.2", Encoding.O200k),
        ("gpt-5.4", Encoding.O200k),
        ("gpt-5.5", Encoding.O200k),
        ("gpt-5.6", Encoding.O200k),
        ("gpt-oss", Encoding.O200k),
        ("o1", Encoding.O200k),
        ("o3", Encoding.O200k),
        ("o4-mini", Encoding.O200k),
        ("gpt-4", Encoding.Cl100k),
        ("gpt-4-turbo", Encoding.Cl100k),
        ("gpt-3.5-turbo", Encoding.Cl100k),
    ];

    public static Encoding? Find(string model) => ModelNames.TryFind(Table, model, out var encoding) ? encoding : null;
}
