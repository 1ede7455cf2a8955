using Tollgate.Configuration;

namespace Tollgate.Telemetry;

/// <summary>Whether upstreams are sent the trace context of their attempt.</summary>
internal sealed record TraceContextOut(bool IsOn)
{
    /// <param name="setting">The value of <see cref="HostSettings.TraceContext"/>; null or empty: on.</param>
    /// <exception cref="ConfigurationException">It is neither <c>on</c> nor <c>off</c>.</exception>
    public static TraceContextOut Read(string? setting) => setting switch
    {
        null or "" or "on" => new(IsOn: true),
        "off" => new(IsOn: false),
        _ => throw new ConfigurationException(HostSettings.TraceContext, [$"it is '{setting}'; it must be 'on' or 'off'."]),
    };
}
