using System.CommandLine;
using Tollgate.Cli.Usage;
using Tollgate.Configuration;
using Tollgate.Errors;

namespace Tollgate.Cli;

/// <summary>The command <c>tollgate</c>.</summary>
internal static class Tool
{
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Surroundings around)
    {
        var root = new RootCommand("Works on what a Tollgate gateway keeps, directly in its store; the gateway may run meanwhile.") { UsageCommand.Create(around) };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await around.Error.WriteLineAsync(error.Message);
            }
            return ExitCode.Wrong;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = around.Output, Error = around.Error, EnableDefaultExceptionHandler = false });
        }
        catch (ConfigurationException wrong)
        {
            await around.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Wrong;
        }
        catch (CallerErrorException outage)
        {
            await around.Error.WriteLineAsync($"{outage.Message} What is done stays done; run the command again to go on.");
            return ExitCode.Partly;
        }
        catch (OperationCanceledException)
        {
            await around.Error.WriteLineAsync("Ended before its end. What is done stays done; run the command again to go on.");
            return ExitCode.Partly;
        }
    }
}
