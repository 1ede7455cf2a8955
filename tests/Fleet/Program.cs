using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tollgate;
using Tollgate.Fleet;
using Tollgate.LocalHost;

// One instance of several that share budgets. Its arguments are where their entities are, and the clock's epoch. Ends with its input, so that none outlives its test.
await using var gateway = await LocalGateway.StartAsync(
    ["--urls", "http://127.0.0.1:0"],
    Environment.GetEnvironmentVariable,
    CancellationToken.None,
    services =>
    {
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FastClock(DateTimeOffset.Parse(args[1], CultureInfo.InvariantCulture))));
        services.ShareBudgets(_ => new EntityClient(new Uri(args[0])));
    });
Console.WriteLine(gateway.BaseAddress);
await Console.In.ReadToEndAsync();
