using Tollgate.Configuration;
using Tollgate.LocalHost;

try
{
    await using var host = await LocalGateway.StartAsync(args, Environment.GetEnvironmentVariable, CancellationToken.None);
    Console.Write(host.Banner);
    await host.WaitForShutdownAsync();
    return 0;
}
catch (ConfigurationException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{taken.Message} Choose another with --urls http://127.0.0.1:PORT.");
    return 2;
}
