using System.Diagnostics;
using System.Globalization;
using Tollgate.EndToEnd.Tests.Faults;

namespace Tollgate.EndToEnd.Tests.Fleets;

/// <summary>An instance in a process of its own.</summary>
internal sealed class FleetProcess : IAsyncDisposable
{
    private readonly Process process;

    private FleetProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<FleetProcess> StartAsync(Uri entities, DateTimeOffset epoch, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Tollgate.Fleet.EntityClient).Assembly.Location, entities.AbsoluteUri, epoch.ToString("O", CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(FaultFixture.Patience);
        return new FleetProcess(process, new Uri(line ?? throw new InvalidOperationException("The instance ended before it listened.")));
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(FaultFixture.Patience);
    }

    /// <summary>Lets it end in its own way.</summary>
    public async Task StopAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(FaultFixture.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }
        process.Dispose();
    }
}
