using System.Diagnostics.CodeAnalysis;

namespace Tollgate.Admission.Bounds;

/// <summary>Finds a model in a table by the start of its name, as <c>gpt-4o</c> for <c>gpt-4o-2024-11-20</c>.</summary>
internal static class ModelNames
{
    /// <summary>The longest entry that the name is or goes on from with a hyphen; without one, nothing: <c>gpt-4.9</c> is no <c>gpt-4</c>.</summary>
    public static bool TryFind<T>((string Model, T Value)[] table, string model, [MaybeNullWhen(false)] out T value)
    {
        // A fine-tuned model is 'ft:' and its base model with more behind a colon; aggregators put the maker before a slash.
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        name = name.StartsWith("ft:", StringComparison.Ordinal) ? name[3..] : name;
        value = default;
        var longest = 0;
        foreach (var entry in table)
        {
            var goesOn = name.Length > entry.Model.Length ? name[entry.Model.Length] : '-';
            if (entry.Model.Length > longest && goesOn is ('-' or ':') && name.StartsWith(entry.Model, StringComparison.Ordinal))
            {
                (longest, value) = (entry.Model.Length, entry.Value);
            }
        }
        return longest > 0;
    }
}
