using Tollgate.Simulator;

const string DefaultUrl = "http://127.0.0.1:9090";

if (args is not ([] or ["--urls", _]))
{
    await Console.Error.WriteLineAsync("Usage: simulator [--urls http://127.0.0.1:9090]");
    return 2;
}

var options = new SimulatorOptions { Url = args.Length == 2 ? args[1] : DefaultUrl };
await using var server = await SimulatorServer.StartAsync(options, CancellationToken.None);
Console.WriteLine($"Simulator listens on {server.BaseAddress}");
await server.WaitForShutdownAsync(CancellationToken.None);
return 0;
