using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tollgate.Ledger;
using Tollgate.LocalHost;
using Tollgate.Simulator;

namespace Tollgate.EndToEnd.Tests.Faults;

internal sealed record BenchOptions
{
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Null: a clock whose timers are short, so that pauses between attempts cost no time.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>The tenant's limits, each unit, window, amount.</summary>
    public IReadOnlyList<(string Unit, string Window, long Amount)> Limits { get; init; } = [];

    /// <summary>The Key Vault behind <c>kv:</c>.</summary>
    public Uri? Vault { get; init; }

    /// <summary>More environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables that the host's frameworks read.</summary>
    public IReadOnlyDictionary<string, string> HostSettings { get; init; } = new Dictionary<string, string>();

    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Last word on the configuration.</summary>
    public Action<JsonObject>? Configure { get; init; }
}

/// <summary>A gateway in this process with a client, its ledger, and the Simulator behind it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Model = "m";
    public const string Key = "tg-test-key-of-the-faults";
    public const string Path = "/v1/chat/completions";

    private readonly LocalGateway gateway;
    private readonly SimulatorServer simulator;
    private readonly DirectoryInfo folder;

    private Bench(LocalGateway gateway, SimulatorServer simulator, DirectoryInfo folder)
    {
        this.gateway = gateway;
        this.simulator = simulator;
        this.folder = folder;
        Client = new HttpClient { BaseAddress = gateway.BaseAddress, Timeout = FaultFixture.Patience };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public HttpClient Client { get; }

    public Uri Address => gateway.BaseAddress;

    public RequestLog Requests => simulator.Requests;

    public SimulatorServer Simulator => simulator;

    public IServiceProvider Services => gateway.Services;

    public static async Task<Bench> StartAsync(SimulatorServer simulator, BenchOptions options, params Target[] targets)
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-faults-");
        try
        {
            var config = ConfigOf(simulator.BaseAddress, options, targets);
            options.Configure?.Invoke(config);
            var file = System.IO.Path.Combine(folder.FullName, "gateway.json");
            await File.WriteAllTextAsync(file, config.ToJsonString());
            var gateway = await LocalGateway.StartAsync(["--urls", options.Url, .. options.HostSettings.Select(setting => $"--{setting.Key}={setting.Value}")], name => Environment(name, file, options), CancellationToken.None, services =>
            {
                services.Replace(ServiceDescriptor.Singleton(options.Time ?? new ShortTimers()));
                options.Services?.Invoke(services);
            });
            return new Bench(gateway, simulator, folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Asks <see cref="Model"/> and reads the whole answer.</summary>
    public async Task<Seen> AskAsync(bool stream, string extra = "{}", CancellationToken cancellationToken = default)
    {
        using var request = Request(stream, extra);
        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await Seen.ReadAsync(response, cancellationToken);
    }

    /// <summary>Sends any body.</summary>
    public async Task<Seen> PostAsync(HttpContent body, string path = Path, bool lenient = false)
    {
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), body);
        return await Seen.ReadAsync(response, CancellationToken.None, lenient);
    }

    public Task<Seen> PostAsync(string json, string path = Path, bool lenient = false) => PostAsync(new StringContent(json, Encoding.UTF8, "application/json"), path, lenient);

    public static HttpRequestMessage Request(bool stream, string extra = "{}") =>
        new(HttpMethod.Post, Path) { Content = new StringContent(Body(stream, extra), Encoding.UTF8, "application/json") };

    public static string Body(bool stream, string extra = "{}")
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "one two three four five" }),
        };
        if (stream)
        {
            body["stream"] = true;
        }
        foreach (var (name, value) in JsonNode.Parse(extra)!.AsObject())
        {
            body[name] = value?.DeepClone();
        }
        return body.ToJsonString();
    }

    /// <summary>The requests that reached a target.</summary>
    public IReadOnlyList<RecordedRequest> ReceivedBy(Target target) => [.. Requests.Snapshot().Where(request => request.Model == target.Model)];

    public Task<RecordedRequest> WaitForRequestAsync(Target target) =>
        Requests.WaitForAsync(request => request.Model == target.Model, FaultFixture.Patience);

    /// <summary>The only row of the ledger, once its call is settled.</summary>
    public async Task<Row> RowAsync() => Assert.Single(await RowsAsync());

    /// <summary>All rows, once none is open.</summary>
    public async Task<IReadOnlyList<Row>> RowsAsync()
    {
        using var deadline = new CancellationTokenSource(FaultFixture.Patience);
        while (true)
        {
            // Reading the sums makes the ledger write whatever it holds back, and calls under way have no row by themselves.
            using var usage = await Client.GetAsync(new Uri("/v1/usage", UriKind.Relative), deadline.Token);
            ((SqliteUsageLedger)gateway.Services.GetRequiredService<IUsageLedger>()).WriteUnderWay();
            var rows = ReadRows();
            if (rows.All(row => row.State == "settled"))
            {
                return rows;
            }
        }
    }

    public async Task AssertAliveAsync()
    {
        using var answer = await Client.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await gateway.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static string? Environment(string name, string file, BenchOptions options) => name switch
    {
        "TOLLGATE_CONFIG" => file,
        "TOLLGATE_VAULT" => options.Vault?.AbsoluteUri,
        "KEY" => Key,
        "CREDENTIAL_A" => "credential-a",
        "CREDENTIAL_B" => "credential-b",
        "SHORT" => "short",
        _ => options.Settings.GetValueOrDefault(name),
    };

    private static JsonObject ConfigOf(Uri simulator, BenchOptions options, Target[] targets)
    {
        var (providers, deployments, tiers) = (new JsonObject(), new JsonObject(), new JsonArray());
        for (var i = 0; i < targets.Length; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{targets[i].Wire}-{i + 1}");
            providers[name] = targets[i].Provider(simulator);
            deployments[name] = targets[i].Deployment(name);
            tiers.Add(new JsonObject { ["targets"] = new JsonArray(name) });
        }
        var limits = options.Limits.Select(limit => new JsonObject { ["unit"] = limit.Unit, ["window"] = limit.Window, ["amount"] = limit.Amount });
        return new JsonObject
        {
            ["providers"] = providers,
            ["deployments"] = deployments,
            ["models"] = new JsonObject { [Model] = new JsonObject { ["tiers"] = tiers } },
            ["tenants"] = new JsonObject
            {
                ["t"] = new JsonObject { ["keys"] = new JsonObject { ["k"] = "env:KEY" }, ["limits"] = new JsonArray([.. limits]) },
            },
        };
    }

    private List<Row> ReadRows()
    {
        var file = System.IO.Path.Combine(folder.FullName, ".data", "usage.db");
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, status, http_status, attempts, prompt_tokens, completion_tokens, estimated, deployment, cost_micro_usd FROM usage ORDER BY request_id";
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0) == "open" ? new Row("open", "", 0, 0, 0, 0, Estimated: false, null, 0) : new Row(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5),
                reader.GetInt64(6) != 0, reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetInt64(8)));
        }
        return rows;
    }
}

/// <summary>A row of the ledger.</summary>
internal sealed record Row(string State, string Status, int HttpStatus, int Attempts, long Prompt, long Completion, bool Estimated, string? Deployment, long Cost);
