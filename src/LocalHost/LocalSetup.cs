using System.Security.Cryptography;
using System.Text;
using Tollgate.Configuration;
using Tollgate.Simulator;

namespace Tollgate.LocalHost;

/// <summary>
/// Where the configuration comes from: the file that <c>TOLLGATE_CONFIG</c> names, else <c>gateway.json</c> in the current
/// folder, else the embedded one, which serves the providers whose keys are in the environment, or the Simulator.
/// </summary>
internal sealed class LocalSetup : IAsyncDisposable
{
    private const string KeyVariable = "TOLLGATE_DEV_KEY";

    private readonly string? developmentKey;
    private readonly string model;
    private readonly string? note;

    private LocalSetup(TollgateOptions options, SimulatorServer? simulator, string? developmentKey, string model, string? note)
    {
        Options = options;
        Simulator = simulator;
        this.developmentKey = developmentKey;
        this.model = model;
        this.note = note;
    }

    public TollgateOptions Options { get; }

    public SimulatorServer? Simulator { get; }

    public static async Task<LocalSetup> CreateAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var file = environment(HostSettings.ConfigurationFile) is { Length: > 0 } named ? named : File.Exists("gateway.json") ? "gateway.json" : null;
        return file is not null ? FromFile(file, environment) : await EmbeddedAsync(environment, cancellationToken);
    }

    public string Banner(Uri address) => Welcome.Text(address, developmentKey, model, note);

    public ValueTask DisposeAsync() => Simulator?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static LocalSetup FromFile(string file, Func<string, string?> environment)
    {
        try
        {
            // First, so that a change in between is a newer version yet.
            var version = File.GetLastWriteTimeUtc(file).Ticks;
            var options = Configured(File.ReadAllBytes(file), file, version, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, ".data"), environment);
            return new LocalSetup(options, null, developmentKey: null, model: "MODEL", note: $"Configuration: {file}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(file, ["the file cannot be read. TOLLGATE_CONFIG names it; without it, gateway.json of the current folder is read."]);
        }
    }

    private static async Task<LocalSetup> EmbeddedAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var key = environment(KeyVariable) is { Length: > 0 } chosen ? chosen : $"tg-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        var found = EmbeddedConfiguration.FoundIn(environment);
        var simulator = found.Count == 0 ? await SimulatorServer.StartAsync(new SimulatorOptions(), cancellationToken) : null;
        var json = simulator is null ? EmbeddedConfiguration.ForProviders(found, environment) : EmbeddedConfiguration.ForSimulator(simulator.BaseAddress);
        var options = Configured(Encoding.UTF8.GetBytes(json.Text), "the embedded configuration", version: 0, Path.Combine(Environment.CurrentDirectory, ".data"), name => name switch
        {
            KeyVariable => key,
            EmbeddedConfiguration.SimulatorKeyVariable => "simulated",
            _ => environment(name),
        });
        var note = simulator is null
            ? $"Providers found in the environment: {string.Join(", ", found)}."
            : $"No provider key in the environment: answers come from the Simulator at {simulator.BaseAddress}";
        return new LocalSetup(options, simulator, key, json.Model, note);
    }

    private static TollgateOptions Configured(ReadOnlyMemory<byte> json, string name, long version, string dataDirectory, Func<string, string?> environment) => new()
    {
        Configuration = json,
        ConfigurationName = name,
        ConfigurationVersion = version,
        DataDirectory = dataDirectory,
        Environment = environment,
    };
}
