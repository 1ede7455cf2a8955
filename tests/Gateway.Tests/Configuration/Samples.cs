using System.Text.Json.Nodes;

namespace Tollgate.Gateway.Tests.Configuration;

/// <summary>One sound configuration that uses every setting, and what each rule has to say about a change of it.</summary>
internal static class Samples
{
    public const string Sound = """
        {
          "$schema": "https://example.com/gateway.schema.json",
          "providers": {
            "openai": { "kind": "openai", "endpoint": "https://api.openai.com/v1", "credential": "env:A" },
            "local": { "kind": "openai", "endpoint": "http://127.0.0.1:11434/v1" },
            "azure": { "kind": "azure-openai", "endpoint": "https://x.openai.azure.com", "credential": ["env:A", "env:B"], "apiVersion": "2024-10-21" },
            "anthropic": { "kind": "anthropic", "credential": ["env:A", "kv:Anthropic-Key-2"] },
            "gemini": { "kind": "gemini", "credential": ["env:A"] },
            "vertex": { "kind": "vertex", "project": "p", "location": "us-east5" }
          },
          "deployments": {
            "d": {
              "provider": "openai", "model": "gpt-4o", "region": "East US", "contextWindow": 1000, "maxOutput": 100, "acceptsPrefill": false,
              "capabilities": ["tools", "vision", "pdf", "audio", "jsonSchema", "reasoning", "prefill", "urlImages"],
              "serviceTier": "default",
              "price": { "input": 0, "output": 1000000, "cachedInput": 0.5, "cacheWrite5m": 1, "cacheWrite1h": 2, "reasoning": 1, "audioInput": 1, "cachedAudioInput": 1, "audioOutput": 1, "imageInput": 1, "imageOutput": 1 },
              "timeouts": { "connectMs": 1, "firstTokenMs": 1, "idleMs": 3600000, "totalMs": 3600000 }
            },
            "e/1.0:x_y-z": {
              "provider": "vertex", "model": "m",
              "prices": [
                { "input": 1, "output": 2, "longContext": [ { "above": 1, "input": 2, "output": 3 }, { "above": 100000000, "input": 3, "output": 4 } ],
                  "tiers": { "batch": { "times": 0 }, "flex": { "times": 0.5 }, "priority": { "input": 2, "output": 4, "longContext": [ { "above": 5, "input": 9, "output": 9 } ] }, "ultrafast": { "times": 1000 } } },
                { "from": "2027-01-01", "input": 2, "output": 4 },
                { "from": "2027-01-02", "input": 2, "output": 4 }
              ]
            }
          },
          "models": { "m": { "tiers": [ { "strategy": "priority", "targets": ["d"] }, { "strategy": "weighted", "weights": { "d": 1000 }, "targets": ["d"] }, { "strategy": "lowest-latency", "targets": ["d"] }, { "strategy": "lowest-cost", "targets": ["d"] }, { "strategy": "most-available", "targets": ["d"] }, { "targets": ["e/1.0:x_y-z", "d"] } ] } },
          "tenants": {
            "acme": {
              "keys": { "dev": "env:A", "ci": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
              "limits": [ { "unit": "requests", "window": "minute", "amount": 0 }, { "unit": "microUsd", "window": "total", "amount": 9007199254740991 }, { "unit": "concurrency", "amount": 8, "scope": "key" }, { "unit": "tokens", "window": "day", "amount": 1, "scope": "user" } ], "timeZone": "Europe/Berlin", "onBudgetOutage": "allow", "onLedgerOutage": "allow", "loops": { "slowAfter": 2, "refuseAfter": 100000 },
              "models": ["m"], "regions": ["East US"], "deployments": ["d"], "timeoutMs": 3600000, "onContentFilter": "otherProvider", "strict": true
            },
            "empty": {}
          },
          "admin": { "secret": "kv:admin" },
          "alerts": { "webhook": "https://hooks.example.com/t/1?key=2", "secret": "kv:hook-key" },
          "dataDirectory": "data",
          "maxRequestBytes": 1024,
          "retention": { "usageDays": 400, "dailyMonths": 36 }
        }
        """;

    /// <summary>The sound configuration with one value changed.</summary>
    /// <param name="path">Names and indices, separated by spaces; the last may be new.</param>
    /// <param name="json">The new value; null takes the setting out.</param>
    public static string With(string path, string? json)
    {
        var root = JsonNode.Parse(Sound)!;
        var steps = path.Split(' ');
        var node = root;
        foreach (var step in steps[..^1])
        {
            node = node is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!;
        }
        switch (node)
        {
            case JsonArray list:
                list[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(json!);
                break;
            case JsonObject members when json is null:
                Assert.True(members.Remove(steps[^1]));
                break;
            case JsonObject members:
                members[steps[^1]] = JsonNode.Parse(json);
                break;
        }
        return root.ToJsonString();
    }
}
