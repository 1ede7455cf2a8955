using System.Net.Sockets;
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
catch (Exception refused) when (refused is IOException or SocketException or FormatException)
{
    await Console.Error.WriteLineAsync($"{refused.Message} Choose an address with --urls http://127.0.0.1:PORT.");
    return 2;
}
