namespace Tollgate.Simulator;

/// <summary>How a simulator starts.</summary>
public sealed class SimulatorOptions
{
    /// <summary>The address to listen on; port 0 takes a free one. Default: <c>http://127.0.0.1:0</c>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>The clock of the delays, of the times in the log and of the <c>created</c> members. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
