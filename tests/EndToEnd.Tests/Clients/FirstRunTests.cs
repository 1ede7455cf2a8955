using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Tollgate.EndToEnd.Tests.Clients;

/// <summary>What a person does first: start the program, copy the line that it prints.</summary>
public sealed partial class FirstRunTests : IDisposable
{
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-first-run-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task LocalHost_WithoutAnyKey_PrintsALineThatStreamsAnAnswer()
    {
        using var timeout = new CancellationTokenSource(GatewayFixture.Timeout);
        using var host = Start();
        try
        {
            var curl = await CurlLineAsync(host, timeout.Token);
            var answer = HasCurl() ? await RunAsync(curl) : await SendAsync(curl, timeout.Token);

            var events = answer.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.True(events.Length > 5, answer);
            Assert.All(events, item => Assert.StartsWith("data: ", item, StringComparison.Ordinal));
            Assert.Contains("\"content\":\"Hello \"", answer, StringComparison.Ordinal);
            Assert.Contains("\"finish_reason\":\"stop\"", events[^2], StringComparison.Ordinal);
            Assert.Equal("data: [DONE]", events[^1]);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync(timeout.Token);
        }
    }

    [GeneratedRegex("""^curl -N (?<url>\S+) -H "Authorization: Bearer (?<key>\S+)" -H "Content-Type: application/json" -d '(?<body>.*)'$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Curl { get; }

    private Process Start()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Tollgate.LocalHost.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var inherited = Inherited.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(item => item.Item2 is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    private static async Task<string> CurlLineAsync(Process host, CancellationToken cancellationToken)
    {
        var seen = new StringBuilder();
        while (await host.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            seen.AppendLine(line);
            if (Curl.IsMatch(line.Trim()))
            {
                return line.Trim();
            }
        }
        throw new InvalidOperationException($"No curl line was printed:\n{seen}");
    }

    private static bool HasCurl() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, "curl")));

    private async Task<string> RunAsync(string curl)
    {
        var (exitCode, output) = await ChildProcess.RunAsync("bash", ["-c", $"{curl} --silent --show-error"], folder.FullName);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private static async Task<string> SendAsync(string curl, CancellationToken cancellationToken)
    {
        var parts = Curl.Match(curl).Groups;
        using var http = new HttpClient { Timeout = GatewayFixture.Timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", parts["key"].Value);
        using var body = new StringContent(parts["body"].Value, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(parts["url"].Value), body, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}
