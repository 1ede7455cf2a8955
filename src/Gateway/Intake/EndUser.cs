using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Errors;

namespace Tollgate.Intake;

/// <summary>Who of the tenant's own users a call is for: the header <c>x-tollgate-user</c>, else the body's <c>user</c>.</summary>
internal static class EndUser
{
    /// <summary>Longest name of a user, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Reads the user of a scanned call; empty where it names none.</summary>
    /// <exception cref="CallerErrorException">400: given twice in the header, too long, or with a control character in it.</exception>
    public static string Read(IHeaderDictionary headers, CallScan scan, ReadOnlySpan<byte> body)
    {
        var given = headers[GatewayHeaders.User];
        if (given.Count > 1)
        {
            throw CallerErrorException.Invalid($"'{GatewayHeaders.User}' is given twice.", GatewayHeaders.User, "duplicate_parameter");
        }
        return given is [{ Length: > 0 } header] ? Checked(header, GatewayHeaders.User) : Checked(InBody(scan, body), "user");
    }

    private static string InBody(CallScan scan, ReadOnlySpan<byte> body)
    {
        if (scan.UserValue.Equals(default))
        {
            return "";
        }
        var reader = new Utf8JsonReader(body[scan.UserValue]);
        reader.Read();
        return reader.GetString()!;
    }

    private static string Checked(string user, string param)
    {
        if (user.Length > MaxLength)
        {
            throw CallerErrorException.Invalid(string.Create(CultureInfo.InvariantCulture, $"'{param}' has {user.Length} characters; the longest has {MaxLength}."), param, "invalid_value");
        }
        return user.Any(char.IsControl) ? throw CallerErrorException.Invalid($"'{param}' holds a control character.", param, "invalid_value") : user;
    }
}
