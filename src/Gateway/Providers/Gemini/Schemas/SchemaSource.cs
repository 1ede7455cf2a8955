using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>A piece of the caller's schema and the references that led to it.</summary>
internal readonly record struct SchemaSource(JsonElement Value, ReferencePath? Path);

/// <summary>References followed from the root, the last one first. A reference that its own path holds leads in a circle.</summary>
internal sealed record ReferencePath(string Pointer, ReferencePath? Outer)
{
    public int Length { get; } = (Outer?.Length ?? 0) + 1;

    public bool Holds(string pointer) => Pointer == pointer || Outer?.Holds(pointer) == true;
}
