using Microsoft.Extensions.Logging;

namespace Tollgate.Cli;

/// <summary>Shows what the gateway's own code has to say of warnings and errors.</summary>
internal sealed class ErrorLog<T>(TextWriter error) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            error.WriteLine(formatter(state, exception));
        }
    }
}
