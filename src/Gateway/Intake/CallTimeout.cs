using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tollgate.Errors;
using Tollgate.Tenants;

namespace Tollgate.Intake;

/// <summary>How long a call may take in all: what the caller says in the header <c>x-tollgate-timeout-ms</c>, else the tenant's setting.</summary>
internal static class CallTimeout
{
    /// <summary>Most milliseconds: an hour.</summary>
    public const int MostMs = 3_600_000;

    /// <summary>Null: as long as the attempts may take.</summary>
    /// <exception cref="CallerErrorException">400: the header holds something else than one number of milliseconds from 1 to <see cref="MostMs"/>.</exception>
    public static TimeSpan? Read(IHeaderDictionary headers, Tenant tenant)
    {
        var given = headers[GatewayHeaders.Timeout];
        if (given.Count == 0)
        {
            return tenant.Timeout;
        }
        return given.Count == 1 && int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is >= 1 and <= MostMs
            ? TimeSpan.FromMilliseconds(ms)
            : throw CallerErrorException.Invalid($"'{GatewayHeaders.Timeout}' must be one number of milliseconds from 1 to {MostMs}.", GatewayHeaders.Timeout, "invalid_value");
    }
}
