using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Tables;

[Collection(WithAzurite.Name)]
public sealed class TableDependencyTests(AzuriteServer azurite)
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task FindProblemsAsync_TablesCanBeRead_IsEmpty_AndTheyExistAfterwards()
    {
        var setting = azurite.NewAccount();
        var dependency = Dependency(TableAccount.Find(_ => setting, new(() => throw new InvalidOperationException()))!);

        Assert.Empty(await dependency.FindProblemsAsync(default));

        await new TableClient(setting, "Keys").AddEntityAsync(new TableEntity("p", "r"));
        await new TableClient(setting, "Tenants").AddEntityAsync(new TableEntity("p", "r"));
    }

    [Fact]
    public async Task FindProblemsAsync_BothTablesRefused_IsOneSentence()
    {
        using var stub = new StubTables(StubTables.Refusing(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch"));
        Assert.Equal(
            ["TOLLGATE_TABLES: the host's identity may not read table 'Keys' at acme.table.core.windows.net (AuthorizationPermissionMismatch)."],
            await Dependency(stub.Account()).FindProblemsAsync(default));
    }

    [Fact]
    public async Task FindProblemsAsync_ManyProbes_AskOnceInAWhile()
    {
        using var stub = new StubTables(StubTables.Refusing(HttpStatusCode.NotFound, "ResourceNotFound"));
        var dependency = Dependency(stub.Account());

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => dependency.FindProblemsAsync(default).AsTask()));
        Assert.Equal(2, stub.Requests);

        time.Advance(TableDependency.Holds);
        Assert.Empty(await dependency.FindProblemsAsync(default));
        Assert.Equal(4, stub.Requests);
    }

    [Fact]
    public async Task FindProblemsAsync_NoAnswer_GivesUpWithinSeconds()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stub = new StubTables(_ =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource<HttpResponseMessage>().Task;
        });

        var asking = Dependency(stub.Account()).FindProblemsAsync(default).AsTask();
        await asked.Task;
        while (!asking.IsCompleted)
        {
            time.Advance(TableDependency.Patience);
            await Task.Yield();
        }

        Assert.Equal(["TOLLGATE_TABLES: the table service at acme.table.core.windows.net does not answer within 3 seconds."], await asking);
    }

    private TableDependency Dependency(TableAccount account) => new(account, ["Keys", "Tenants"], time);
}
