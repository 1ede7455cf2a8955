using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;
using Tollgate.Configuration;

namespace Tollgate.Tables;

/// <summary>The storage account behind <c>TOLLGATE_TABLES</c>. Its client is made on first use: a cold start pays nothing for it.</summary>
/// <param name="host">Host and port, for messages.</param>
/// <param name="user">Who asks, for messages.</param>
/// <param name="client">Makes the client.</param>
internal sealed class TableAccount(string host, string user, Func<TableServiceClient> client)
{
    /// <summary>A read that takes longer has failed, token and second try included.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    private readonly Lazy<TableServiceClient> client = new(client);

    public string Host => host;

    /// <summary>The account that the environment names; null when it names none.</summary>
    /// <exception cref="ConfigurationException">The setting is no address and no connection string. It is not repeated: a connection string holds a key.</exception>
    public static TableAccount? Find(Func<string, string?> environment, Lazy<TokenCredential> identity)
    {
        if (environment(HostSettings.Tables)?.Trim() is not { Length: > 0 } setting)
        {
            return null;
        }
        if (IsConnectionString(setting))
        {
            try
            {
                var client = new TableServiceClient(setting, Options());
                return new TableAccount(client.Uri.Authority, "the connection string's key", () => client);
            }
            catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidOperationException)
            {
                throw new ConfigurationException(HostSettings.Tables, ["it is a connection string that cannot be read; it must be UseDevelopmentStorage=true, or have AccountName=…, AccountKey=… and, for an emulator, TableEndpoint=…."]);
            }
        }
        if (Uri.TryCreate(setting, UriKind.Absolute, out var uri) && uri is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" })
        {
            return new TableAccount(uri.Authority, "the host's identity", () => new TableServiceClient(uri, identity.Value, Options()));
        }
        throw new ConfigurationException(HostSettings.Tables, [
            "it must be the table service's https address without credentials or query, such as https://acme.table.core.windows.net; " +
            "or, for an emulator, a connection string: UseDevelopmentStorage=true, or one with AccountName=… and AccountKey=….",
        ]);
    }

    /// <summary>Short: a caller waits meanwhile.</summary>
    public static TableClientOptions Options() => new()
    {
        Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(3) },
    };

    public TableClient Table(string name) => client.Value.GetTableClient(name);

    /// <summary>One row; null when there is none. A table that does not exist is made: it has no rows.</summary>
    /// <exception cref="TableUnavailableException">The table cannot be read, or not be made.</exception>
    public async Task<TableEntity?> FindRowAsync(string table, string partition, string row)
    {
        var doing = "read";
        try
        {
            using var timeout = new CancellationTokenSource(Longest);
            var rows = Table(table);
            var found = await rows.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: timeout.Token);
            if (found.HasValue)
            {
                return found.Value;
            }
            if (found.GetRawResponse().Content.ToMemory().Span.IndexOf("TableNotFound"u8) >= 0)
            {
                doing = "create";
                await rows.CreateIfNotExistsAsync(timeout.Token);
            }
            return null;
        }
        catch (Exception failed)
        {
            throw new TableUnavailableException(Problem(failed, $"{doing} table '{table}'"));
        }
    }

    /// <summary>Works on a table. One that does not exist is made, and the work is done again.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="doing">What is being done, for messages: <c>write</c>.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="RequestFailedException">409, 412: the row is not as the work took it to be.</exception>
    /// <exception cref="TableUnavailableException">The table cannot be used.</exception>
    public async Task<T> UseAsync<T>(string table, string doing, Func<TableClient, CancellationToken, Task<T>> work)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Longest);
            var rows = client.Value.GetTableClient(table);
            try
            {
                return await work(rows, timeout.Token);
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
            {
                await rows.CreateIfNotExistsAsync(timeout.Token);
                return await work(rows, timeout.Token);
            }
        }
        catch (Exception failed) when (failed is not RequestFailedException { Status: 409 or 412 })
        {
            throw new TableUnavailableException($"{HostSettings.Tables}: {Explain(failed, $"{doing} table '{table}'")}.");
        }
    }

    /// <summary>Asks a table; should it not be there, it is made and asked again.</summary>
    /// <exception cref="RequestFailedException">It cannot be made, or answers something else.</exception>
    public async Task<T> MakeIfMissingAsync<T>(string table, Func<TableClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        var rows = Table(table);
        try
        {
            return await ask(rows);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            await rows.CreateIfNotExistsAsync(cancellationToken);
            return await ask(rows);
        }
    }

    /// <summary>Does something of many steps.</summary>
    /// <exception cref="TableUnavailableException">One of them failed.</exception>
    public async Task<T> ExplainAsync<T>(string doing, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw new TableUnavailableException(Problem(failed, doing));
        }
    }

    /// <summary>One sentence for the operator on a failure: it names TOLLGATE_TABLES and its host, and no secret.</summary>
    /// <param name="failed">What was thrown.</param>
    /// <param name="doing">What was tried, such as <c>read table 'Keys'</c>.</param>
    public string Problem(Exception failed, string doing) => $"{HostSettings.Tables}: {Explain(failed, doing)}.";

    /// <summary>What went wrong, without the library's own message, which repeats addresses, headers and bodies.</summary>
    private string Explain(Exception failed, string doing) => failed switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Explain(last, doing),
        RequestFailedException { Status: 401 or 403 } refused => $"{user} may not {doing} at {host}{Code(refused)}",
        RequestFailedException { Status: > 0 } answered => $"the table service at {host} answers {answered.Status}{Code(answered)}",
        AuthenticationFailedException => $"the host's identity gets no token for the table service at {host}",
        OperationCanceledException => $"the table service at {host} does not answer in time",
        RequestFailedException or IOException => $"the table service at {host} cannot be reached",
        _ => $"the table service at {host} cannot be used ({failed.GetType().Name})",
    };

    private static string Code(RequestFailedException failed)
    {
        var code = failed.ErrorCode ?? (failed.GetRawResponse()?.Headers.TryGetValue("x-ms-error-code", out var header) == true ? header : null);
        return code is { Length: > 0 and <= 64 } && code.All(char.IsAsciiLetterOrDigit) ? $" ({code})" : "";
    }

    private static bool IsConnectionString(string setting) => setting.Split(';').Any(part =>
        part.TrimStart() is var word &&
        (word.StartsWith("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase) || word.StartsWith("AccountName=", StringComparison.OrdinalIgnoreCase)));
}
