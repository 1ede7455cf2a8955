using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Dialects.OpenAi;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary>Usage as JSON. It is sent while it is written, so that a long page is in memory once.</summary>
internal static class UsageJson
{
    /// <summary>Bytes that are written before they are sent.</summary>
    private const int Part = 32 * 1024;

    public static async Task WriteAsync(HttpContext http, UsageReport report)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        var body = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, OpenAiJson.WriterOptions);
        json.WriteStartObject();
        WriteHead(json, report);
        json.WriteStartArray("group_by"u8);
        foreach (var dimension in report.Listing.By)
        {
            json.WriteStringValue(dimension.Word());
        }
        json.WriteEndArray();
        json.WriteStartArray("data"u8);
        foreach (var group in report.Page.Groups)
        {
            json.WriteStartObject();
            foreach (var (dimension, value) in report.Listing.By.Zip(group.Values))
            {
                json.WriteString(dimension.Word(), value);
            }
            WriteNumbers(json, group.Sums);
            json.WriteEndObject();
            if (json.BytesPending > Part)
            {
                await json.FlushAsync(http.RequestAborted);
                await body.FlushAsync(http.RequestAborted);
            }
        }
        json.WriteEndArray();
        json.WriteStartObject("totals"u8);
        WriteNumbers(json, UsageSums.Of(report.Page.Groups.Select(group => group.Sums)));
        json.WriteEndObject();
        json.WriteBoolean("has_more"u8, report.Page.Next is not null);
        json.WriteString("next"u8, report.Next);
        json.WriteEndObject();
    }

    /// <summary>The answer to whoever asks for nothing in particular: the sums, and the same by model.</summary>
    public static void WriteModels(Utf8JsonWriter json, UsageReport report)
    {
        json.WriteStartObject();
        WriteHead(json, report);
        WriteNumbers(json, UsageSums.Of(report.Page.Groups.Select(group => group.Sums)));
        json.WriteStartArray("models"u8);
        foreach (var group in report.Page.Groups)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, group.Values[0]);
            WriteNumbers(json, group.Sums);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, UsageReport report)
    {
        json.WriteString("object"u8, "usage"u8);
        if (report.Tenant is { } tenant)
        {
            json.WriteString("tenant"u8, tenant);
        }
        if (report.Key is { } key)
        {
            json.WriteString("key"u8, key);
        }
        json.WriteString("from"u8, report.Listing.From);
        json.WriteString("to"u8, report.Listing.To);
    }

    private static void WriteNumbers(Utf8JsonWriter json, UsageSums sums)
    {
        foreach (var (name, value) in UsageReport.Numbers(sums))
        {
            json.WriteNumber(name, value);
        }
    }
}
