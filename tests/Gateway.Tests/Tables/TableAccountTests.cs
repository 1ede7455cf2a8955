using System.Net;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Tollgate.Configuration;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Tables;

[Collection(WithAzurite.Name)]
public sealed class TableAccountTests(AzuriteServer azurite)
{
    private readonly Lazy<TokenCredential> identity = new(() => throw new InvalidOperationException("Nobody asked for it yet."));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Find_NotSet_IsNone(string? setting) => Assert.Null(Find(setting));

    [Theory]
    [InlineData("https://acme.table.core.windows.net", "acme.table.core.windows.net")]
    [InlineData(" https://acme.table.core.windows.net/ ", "acme.table.core.windows.net")]
    [InlineData("https://127.0.0.1:10002/devstoreaccount1", "127.0.0.1:10002")]
    [InlineData("UseDevelopmentStorage=true", "127.0.0.1:10002")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0", "acme.table.core.windows.net")]
    [InlineData("AccountName=acme;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:7/acme", "127.0.0.1:7")]
    public void Find_AddressOrConnectionString_IsTaken_AndAsksForNoIdentityYet(string setting, string host) => Assert.Equal(host, Find(setting)?.Host);

    [Theory]
    [InlineData("with-a-secret")]
    [InlineData("/relative/with-a-secret")]
    [InlineData("http://with-a-secret.example.com")]
    [InlineData("http://127.0.0.1:10002/with-a-secret")]
    [InlineData("https://user:with-a-secret@acme.table.core.windows.net")]
    [InlineData("https://acme.table.core.windows.net/?sv=2024&sig=with-a-secret")]
    [InlineData("https://acme.table.core.windows.net/#with-a-secret")]
    [InlineData("BlobEndpoint=https://acme.blob.core.windows.net;SharedAccessSignature=with-a-secret")]
    [InlineData("AccountName=with-a-secret")]
    [InlineData("AccountName=acme;AccountKey=with-a-secret%")]
    [InlineData("UseDevelopmentStorage=with-a-secret")]
    public void Find_AnythingElse_StopsTheStart_AndIsNotRepeated(string setting)
    {
        var wrong = Assert.Throws<ConfigurationException>(() => Find(setting));
        Assert.StartsWith("TOLLGATE_TABLES cannot be used:", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("UseDevelopmentStorage=true", Assert.Single(wrong.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("with-a-secret", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindRowAsync_Row_IsFound()
    {
        var setting = azurite.NewAccount();
        var table = new TableClient(setting, "Things");
        await table.CreateAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Word"] = "yes" });

        Assert.Equal("yes", (await Find(setting)!.FindRowAsync("Things", "p", "r"))?["Word"]);
        Assert.Null(await Find(setting)!.FindRowAsync("Things", "p", "other"));
    }

    [Fact]
    public async Task FindRowAsync_NoSuchTable_MakesIt()
    {
        var setting = azurite.NewAccount();
        Assert.Null(await Find(setting)!.FindRowAsync("Things", "p", "r"));
        await new TableClient(setting, "Things").AddEntityAsync(new TableEntity("p", "r"));
        Assert.NotNull(await Find(setting)!.FindRowAsync("Things", "p", "r"));
    }

    [Fact]
    public async Task FindRowAsync_WrongKey_SaysWhoMayNot()
    {
        var setting = azurite.NewAccount();
        var host = Find(setting)!.Host;
        Assert.Equal(
            $"TOLLGATE_TABLES: the connection string's key may not read table 'Things' at {host} (AuthorizationFailure).",
            await ProblemAsync(Find(setting.Replace("AccountKey=", "AccountKey=AAAA", StringComparison.Ordinal))!));
    }

    [Fact]
    public async Task FindRowAsync_NobodyThere_SaysSo() => Assert.Equal(
        "TOLLGATE_TABLES: the table service at 127.0.0.1:1 cannot be reached.",
        await ProblemAsync(Find("AccountName=acme;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:1/acme")!));

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch", "the host's identity may not read table 'Things' at acme.table.core.windows.net (AuthorizationPermissionMismatch).")]
    [InlineData(HttpStatusCode.Unauthorized, "x-<y>", "the host's identity may not read table 'Things' at acme.table.core.windows.net.")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServerBusy", "the table service at acme.table.core.windows.net answers 503 (ServerBusy).")]
    public async Task FindRowAsync_Refused_SaysWhatTheServiceSaid_AndNoMore(HttpStatusCode status, string code, string problem)
    {
        using var stub = new StubTables(StubTables.Refusing(status, code));
        Assert.Equal($"TOLLGATE_TABLES: {problem}", await ProblemAsync(stub.Account()));
    }

    [Fact]
    public async Task FindRowAsync_TableMissingAndMayNotBeMade_SaysSo()
    {
        using var stub = new StubTables(request => request.Method == HttpMethod.Get
            ? StubTables.Refusing(HttpStatusCode.NotFound, "TableNotFound")(request)
            : StubTables.Refusing(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")(request));
        Assert.Equal("TOLLGATE_TABLES: the host's identity may not create table 'Things' at acme.table.core.windows.net (AuthorizationPermissionMismatch).", await ProblemAsync(stub.Account()));
    }

    [Fact]
    public async Task FindRowAsync_NoIdentity_SaysSo()
    {
        using var stub = new StubTables(StubTables.Refusing(HttpStatusCode.OK, ""));
        Assert.Equal("TOLLGATE_TABLES: the host's identity gets no token for the table service at acme.table.core.windows.net.", await ProblemAsync(stub.Account(new ChainedTokenCredential(new NoIdentity()))));
        Assert.Equal(0, stub.Requests);
    }

    private TableAccount? Find(string? setting) => TableAccount.Find(name => name == "TOLLGATE_TABLES" ? setting : null, identity);

    private static async Task<string> ProblemAsync(TableAccount account) =>
        (await Assert.ThrowsAsync<TableUnavailableException>(() => account.FindRowAsync("Things", "p", "r"))).Message;

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("with-a-secret");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("with-a-secret");
    }
}
