using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Azure.Data.Tables;

namespace Tollgate.Gateway.Tests.Azurite;

/// <summary>
/// Azurite's table service, one process for the tests of an assembly. Each <see cref="NewAccount"/> is empty and belongs to whoever asked,
/// so that tests share neither tables nor rows.
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime, IDisposable
{
    /// <summary>How long it may take to start.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private const int Accounts = 500;

    private const string Key = "dG9sbGdhdGU=";

    private readonly StringBuilder output = new();
    private Process? process;
    private int port;
    private int given;

    /// <summary>The connection string of an account that nobody has used.</summary>
    public string NewAccount()
    {
        var account = Interlocked.Increment(ref given);
        Assert.True(account <= Accounts, "There are more tests with an account of their own than accounts.");
        return string.Create(CultureInfo.InvariantCulture, $"DefaultEndpointsProtocol=http;AccountName=t{account};AccountKey={Key};TableEndpoint=http://127.0.0.1:{port}/t{account};");
    }

    /// <summary>A client of an account that nobody has used.</summary>
    public TableServiceClient NewClient() => new(NewAccount());

    public async Task InitializeAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        // Another process may take the port between its choice and its use.
        while (!await TryStartAsync(timeout.Token))
        {
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        process?.Kill(entireProcessTree: true);
        process?.Dispose();
    }

    private async Task<bool> TryStartAsync(CancellationToken cancellationToken)
    {
        port = FreePort();
        var folder = typeof(AzuriteServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "AzuriteFolder").Value!;
        string[] arguments = ["start.mjs", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent", "--tableHost", "127.0.0.1", "--tablePort", port.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, Accounts).Select(account => string.Create(CultureInfo.InvariantCulture, $"t{account}:{Key}")));
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Note(line.Data, started);
        process.ErrorDataReceived += (_, line) => Note(line.Data, started);
        process.Exited += (_, _) => started.TrySetResult(false);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (await started.Task.WaitAsync(cancellationToken))
        {
            return true;
        }
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        lock (output)
        {
            return output.ToString().Contains("EADDRINUSE", StringComparison.Ordinal) ? false : throw new InvalidOperationException($"Azurite did not start:\n{output}");
        }
    }

    private void Note(string? line, TaskCompletionSource<bool> started)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
        if (line?.Contains("successfully started", StringComparison.Ordinal) == true)
        {
            started.TrySetResult(true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
