using System.Buffers;
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

    /// <summary>
    /// The user of a scanned call as its row names it: cut to <see cref="MaxLength"/>, and null where the call names none or a name that cannot
    /// be kept (given twice in the header, or with a control character in it). Nothing is refused: nobody is held to a limit by it.
    /// </summary>
    public static string? Tag(IHeaderDictionary headers, CallScan scan, ReadOnlySpan<byte> body)
    {
        var given = headers[GatewayHeaders.User];
        return given.Count > 1 ? null : given is [{ Length: > 0 } header] ? Kept(header) : scan.UserValue.Equals(default) ? null : KeptOfBody(body[scan.UserValue]);
    }

    /// <summary>The value may be as long as a body may be, so that only what is kept of it becomes a string.</summary>
    private static string? KeptOfBody(ReadOnlySpan<byte> value)
    {
        var rented = ArrayPool<char>.Shared.Rent(value.Length);
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            return Kept(rented.AsSpan(0, reader.CopyString(rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static string? Kept(string user) => user.Length > MaxLength || user.Any(char.IsControl) ? Kept(user.AsSpan()) : user;

    private static string? Kept(ReadOnlySpan<char> user)
    {
        if (user.Length > MaxLength)
        {
            // Half of a character beyond the first 65,536 is none.
            user = user[..(char.IsHighSurrogate(user[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        }
        foreach (var unit in user)
        {
            if (char.IsControl(unit))
            {
                return null;
            }
        }
        return user.Length > 0 ? user.ToString() : null;
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
