using System.Security.Cryptography;
using System.Text;

namespace Tollgate.Infra.Tests;

/// <summary>The scripts for POSIX systems, as run where nobody sits at a keyboard.</summary>
public sealed class HooksTests : IDisposable
{
    private const string Key = "sk-proj-not-to-be-seen $x\\n";
    private const string NotYet = "ERROR: (Forbidden) Caller is not authorized to perform action on resource.\nInner error: { \"code\": \"ForbiddenByRbac\" }";

    private readonly HookRun hook = new() { ["TOLLGATE_VAULT_NAME"] = "kv-acme", ["TOLLGATE_STORAGE_NAME"] = "stacme", ["TOLLGATE_BASE_URL"] = "https://acme.example/v1", ["TOLLGATE_SECOND_FUNCTION_APP"] = "" };

    public void Dispose() => hook.Dispose();

    [PosixFact]
    public void Postprovision_KeyInAVariable_GoesThroughAPrivateFileOnly()
    {
        hook["OPENAI_KEY"] = Key;

        var (status, output) = hook.Refusing(NotYet, NotYet).Run("postprovision.sh");

        Assert.Equal(0, status);
        Assert.Equal(Key, hook.Stored);
        Assert.Equal("-rw-------", hook.Mode);
        Assert.Contains("--vault-name\nkv-acme\n--name\nopenai-key\n--file\n", hook.Arguments, StringComparison.Ordinal);
        Assert.Contains("--output\nnone\n", hook.Arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", hook.Arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", output, StringComparison.Ordinal);
        Assert.Equal("15\n15\n", hook.Sleeps);
        Assert.False(hook.LeftFilesBehind);
    }

    [PosixFact]
    public void Postprovision_NoKeys_SaysWhatWillNotWorkAndAsksAzureNothing()
    {
        var (status, output) = hook.Run("postprovision.sh");

        Assert.Equal(0, status);
        Assert.All(new[] { "anthropic-key", "gemini-key", "openai-key" }, name => Assert.Contains($"Skipped {name}: ", output, StringComparison.Ordinal));
        Assert.Equal("", hook.Arguments);
        Assert.False(hook.LeftFilesBehind);
    }

    [PosixFact]
    public void Postprovision_VaultRefuses_FailsWithItsReasonAtOnce()
    {
        hook["OPENAI_KEY"] = Key;

        var (status, output) = hook.Refusing("ERROR: (Forbidden) Public network access is disabled. ForbiddenByConnection").Run("postprovision.sh");

        Assert.Equal(1, status);
        Assert.Contains("ForbiddenByConnection", output, StringComparison.Ordinal);
        Assert.Contains("Not stored: openai-key.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", output, StringComparison.Ordinal);
        Assert.Equal("", hook.Sleeps);
        Assert.False(hook.LeftFilesBehind);
    }

    [PosixFact]
    public void Postprovision_RoleNeverArrives_GivesUpAfterFiveMinutes()
    {
        hook["OPENAI_KEY"] = Key;

        var (status, _) = hook.Refusing([.. Enumerable.Repeat(NotYet, 30)]).Run("postprovision.sh");

        Assert.Equal(1, status);
        Assert.Equal(19, hook.Sleeps.Count(c => c == '\n'));
    }

    [PosixFact]
    public void Postdeploy_OneRegion_PrintsBaseUrlAndTheTenantLine()
    {
        var (status, output) = hook.Run("postdeploy.sh");

        Assert.Equal(0, status);
        Assert.Contains("https://acme.example/v1\n", output, StringComparison.Ordinal);
        Assert.Contains("./infra/hooks/create-tenant.sh acme 1000000\n", output, StringComparison.Ordinal);
        Assert.Equal("", hook.Arguments);
    }

    [PosixFact]
    public void CreateTenant_WithTokens_WritesBothRowsAndShowsTheKeyOnce()
    {
        var (status, output) = hook.Run("create-tenant.sh", "42", "1000000");

        Assert.Equal(0, status);
        var key = output.TrimEnd().Split('\n')[^1];
        Assert.Matches("^tg-[0-9a-f]{48}$", key);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        Assert.Equal(
            Insert("Tenants", "PartitionKey=42", "RowKey=tenant", """Limits=[{"unit":"tokens","window":"month","amount":1000000}]""") +
            Insert("Keys", $"PartitionKey={hash[..2]}", $"RowKey={hash}", "Tenant=42", "Tenant@odata.type=Edm.String", "Name=first"),
            hook.Arguments);
    }

    [PosixFact]
    public void CreateTenant_WithoutTokens_HasNoLimits()
    {
        var (status, output) = hook.Run("create-tenant.sh", "acme");

        Assert.Equal(0, status);
        Assert.StartsWith(Insert("Tenants", "PartitionKey=acme", "RowKey=tenant") + "storage\n", hook.Arguments, StringComparison.Ordinal);
        Assert.Contains("unlimited", output, StringComparison.Ordinal);
    }

    [PosixFact]
    public void CreateTenant_NameTaken_MakesNoKey()
    {
        var (status, output) = hook.Refusing("ERROR: EntityAlreadyExists").Run("create-tenant.sh", "acme");

        Assert.Equal(1, status);
        Assert.DoesNotContain("tg-", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Keys", hook.Arguments, StringComparison.Ordinal);
    }

    [PosixFact]
    public void CreateTenant_KeyRefused_SaysHowToStartOver()
    {
        // The first one is waited out, as right after a deployment.
        var (status, output) = hook.Refusing("ERROR: AuthorizationPermissionMismatch", "ERROR: down").Run("create-tenant.sh", "acme");

        Assert.Equal(1, status);
        Assert.Equal("15\n", hook.Sleeps);
        Assert.DoesNotContain("tg-", output, StringComparison.Ordinal);
    }

    [PosixFact]
    public void CreateTenant_BadInput_IsRefusedBeforeAnythingHappens()
    {
        string[][] bad = [[], [""], ["a/b"], ["a b"], ["-x"], ["a\nb"], ["é"], [new string('a', 129)], ["acme", "0"], ["acme", "1e6"], ["acme", "-1"], ["acme", "1\n2"]];

        Assert.All(bad, arguments => Assert.Equal(2, hook.Run("create-tenant.sh", arguments).Status));
        Assert.Equal("", hook.Arguments);
    }

    private static string Insert(string table, params string[] entity) =>
        string.Join('\n', [
            "storage", "entity", "insert", "--account-name", "stacme", "--auth-mode", "login", "--table-name", table, "--if-exists", "fail", "--output", "none", "--entity", .. entity,
        ]) + "\n";
}
