namespace Tollgate.Providers.Gemini;

/// <summary>Who serves a Gemini model. The wire is the same but for a few fields.</summary>
internal enum GeminiPlatform
{
    /// <summary>generativelanguage.googleapis.com, <c>v1beta</c>.</summary>
    GeminiApi,

    /// <summary>aiplatform.googleapis.com, <c>v1</c>.</summary>
    Vertex,
}
