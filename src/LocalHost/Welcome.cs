using System.Globalization;
using System.Text;

namespace Tollgate.LocalHost;

/// <summary>What a person sees first: where it is, the key, a line to try, a client to start from.</summary>
internal static class Welcome
{
    public static string Text(Uri address, string? key, string model, string? note)
    {
        var root = address.AbsoluteUri.TrimEnd('/');
        var shown = key ?? "YOUR-KEY";
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""

            Tollgate is listening.

              Base URL   {root}/v1
              Key        {(key is null ? "one of your tenants' keys" : $"{key}   (for this run; set TOLLGATE_DEV_KEY to choose it)")}
              {note}

            Try it:

              curl -N {root}/v1/chat/completions -H "Authorization: Bearer {shown}" -H "Content-Type: application/json" -d '{"{"}"model":"{model}","stream":true,"messages":[{"{"}"role":"user","content":"Hello"{"}"}]{"}"}'

            With OpenAI's client:

              from openai import OpenAI
              client = OpenAI(base_url="{root}/v1", api_key="{shown}")
              stream = client.chat.completions.create(model="{model}", stream=True, messages=[{"{"}"role": "user", "content": "Hello"{"}"}])
              for chunk in stream:
                  print(chunk.choices[0].delta.content or "", end="", flush=True)

            """);
        return text.ToString();
    }
}
