using System.Globalization;
using System.Text;

namespace Tollgate.Ledger;

/// <summary>
/// Partition keys of table <c>Usage</c>: <c>{tenant}|{yyyyMMdd}</c>, the day in UTC on which the call was opened. In the tenant's id, each
/// byte (UTF-8) other than letters, digits and <c>. _ : -</c> is <c>=</c> and two hexadecimal digits, so that no id holds what a key
/// may not (<c>/ \ # ?</c>, control characters) or the line between the parts; <c>a/b</c> is <c>a=2Fb</c>.
/// </summary>
internal static class UsagePartition
{
    public static string Of(string tenant, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{Escape(tenant)}|{at.UtcDateTime:yyyyMMdd}");

    /// <param name="tenant">Its escaped id.</param>
    /// <param name="day">The day.</param>
    public static string OfEscaped(string tenant, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{tenant}|{day:yyyyMMdd}");

    /// <summary>The parts of a key: the tenant's escaped id and the day; the first of the month where it names a month.</summary>
    public static (string Tenant, DateOnly Day) Split(string partition)
    {
        var line = partition.IndexOf('|');
        return (partition[..line], DateOnly.ParseExact(partition.AsSpan(line + 1), partition.Length - line > 7 ? "yyyyMMdd" : "yyyyMM", CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// What all keys of a tenant begin with, its line included. Tenants are in the order of these: the line sorts after what an id can hold, so that <c>a-b</c>
    /// comes before <c>a</c>.
    /// </summary>
    public static string PrefixOf(string tenant) => Escape(tenant) + '|';

    /// <summary>The id of a key's tenant.</summary>
    public static string TenantOf(string partition) => Uri.UnescapeDataString(partition[..partition.IndexOf('|')].Replace('=', '%'));

    /// <summary>Lies after every key of a key's tenant and before those of the next: the line sorts after all that an escaped id can hold.</summary>
    /// <param name="partition">Any key.</param>
    public static string AfterTenantOf(string partition) => partition[..partition.IndexOf('|')] + '}';

    /// <summary>Another day of a key's tenant.</summary>
    public static string SameTenant(string partition, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition[..partition.IndexOf('|')]}|{at.UtcDateTime:yyyyMMdd}");

    public static string Escape(string tenant)
    {
        if (tenant.All(IsPlain))
        {
            return tenant;
        }
        var escaped = new StringBuilder(tenant.Length + 16);
        foreach (var unit in Encoding.UTF8.GetBytes(tenant))
        {
            _ = IsPlain((char)unit) ? escaped.Append((char)unit) : escaped.Append(CultureInfo.InvariantCulture, $"={unit:X2}");
        }
        return escaped.ToString();
    }

    /// <summary>The tenant's id of its escaped form.</summary>
    public static string Unescape(string tenant) => tenant.Contains('=') ? Uri.UnescapeDataString(tenant.Replace('=', '%')) : tenant;

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-';
}
