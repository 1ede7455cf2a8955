using Tollgate.Simulator;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A Simulator for a class of tests, each of which starts its own gateway.</summary>
public sealed class FaultFixture : IAsyncLifetime
{
    /// <summary>Longest wait for anything that should come at once.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public SimulatorServer Simulator { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);
        // No time-out under test should run out because code runs for the first time.
        foreach (var wire in Lanes.Wires)
        {
            await using var bench = await StartAsync(new Target(wire, "c2-cut0x1"));
            await bench.AskAsync(stream: true);
            await bench.AskAsync(stream: false);
            await bench.RowsAsync();
        }
    }

    public async Task DisposeAsync() => await Simulator.DisposeAsync();

    /// <summary>A gateway whose model <see cref="Bench.Model"/> has one tier for each target.</summary>
    internal Task<Bench> StartAsync(params Target[] targets) => StartAsync(new BenchOptions(), targets);

    internal Task<Bench> StartAsync(BenchOptions options, params Target[] targets) => Bench.StartAsync(Simulator, options, targets);
}

/// <summary>Tests that measure time or memory run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<FaultFixture>
{
    public const string Name = "Faults, alone";
}
