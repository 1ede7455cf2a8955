using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary>
/// Usage as CSV (RFC 4180): a line of names, then one for each group, sent while it is written. Text is always in quotes. Callers choose the tags of
/// their users, and a spreadsheet runs what begins with <c>= + - @</c> or a control character; such a value gets an apostrophe in front, and
/// so does one that begins with an apostrophe, so that whoever takes the first one off has the value. Source: https://owasp.org/www-community/attacks/CSV_Injection.
/// </summary>
internal static class UsageCsv
{
    private const int GroupsOfAPart = 100;

    public static async Task WriteAsync(HttpContext http, UsageReport report)
    {
        http.Response.ContentType = "text/csv; charset=utf-8; header=present";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"usage.csv\"";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var body = http.Response.BodyWriter;
        Write(body, string.Join(',', report.Listing.By.Select(dimension => dimension.Word()).Concat(UsageReport.Numbers(new UsageSums()).Select(number => number.Name))));
        foreach (var groups in report.Page.Groups.Chunk(GroupsOfAPart))
        {
            foreach (var group in groups)
            {
                Write(body, string.Join(',', group.Values.Select(Quoted).Concat(UsageReport.Numbers(group.Sums).Select(number => number.Value.ToString(CultureInfo.InvariantCulture)))));
            }
            await body.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Nothing is nothing, not even quotes.</summary>
    private static string Quoted(string? value)
    {
        if (value is null)
        {
            return "";
        }
        var isFormula = value.Length > 0 && (value[0] is '=' or '+' or '-' or '@' or '\'' || char.IsControl(value[0]));
        return $"\"{(isFormula ? "'" : "")}{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static void Write(IBufferWriter<byte> body, string line) => Encoding.UTF8.GetBytes(line + "\r\n", body);
}
