using Tollgate;
using Tollgate.Fleet;
using Tollgate.LocalHost;

// One instance of several that share budgets: its first argument is where their entities are. Ends with its input, so that none outlives its test.
await using var gateway = await LocalGateway.StartAsync(
    ["--urls", "http://127.0.0.1:0"],
    Environment.GetEnvironmentVariable,
    CancellationToken.None,
    services => services.ShareBudgets(_ => new EntityClient(new Uri(args[0]))));
Console.WriteLine(gateway.BaseAddress);
await Console.In.ReadToEndAsync();
