using System.Net;
using System.Net.Sockets;
using Azure.Identity;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

public sealed class KeyVaultCredentialsTests : IAsyncLifetime
{
    private const string Reference = "kv:openai-key";
    private const string Name = "openai-key";

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<KeyVaultCredentials> log = new();
    private readonly HostIdentity identity = new();
    private VaultServer vault = null!;
    private KeyVaultCredentials credentials = null!;

    public static TheoryData<string, string> Outages => new()
    {
        { nameof(VaultServer.Mood.Throttled), "the vault at {0} answers with status 429" },
        { nameof(VaultServer.Mood.Broken), "the vault at {0} answers with status 500" },
        { nameof(VaultServer.Mood.Unavailable), "the vault at {0} answers with status 503" },
        { nameof(VaultServer.Mood.ForbidsByRole), "the host's identity may not read it" },
        { nameof(VaultServer.Mood.ForbidsByFirewall), "the vault's network rules keep this host out" },
        { nameof(VaultServer.Mood.Distrusts), "the vault does not accept the host's identity" },
    };

    public async Task InitializeAsync()
    {
        vault = await VaultServer.StartAsync();
        credentials = new KeyVaultCredentials(new Lazy<VaultClient>(() => vault.Client(identity)), time, log);
    }

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [Fact]
    public async Task FindAsync_FirstUse_AnswersTheChallengeAndReadsTheNewestVersionTrimmed()
    {
        vault.Put(Name, "sk-1");
        vault.Put(Name, " sk-2\r\n");

        Assert.Equal("sk-2", await FindAsync());

        Assert.Equal(1, vault.Challenges);
        Assert.Equal(["https://vault.azure.net/.default"], identity.Scopes);
        Assert.Equal([Name], vault.Reads);
    }

    [Fact]
    public async Task Constructor_UntilASecretIsNeeded_MakesNoClient()
    {
        vault.Put(Name, "sk-1");
        var client = new Lazy<VaultClient>(() => vault.Client(identity));
        var lazy = new KeyVaultCredentials(client, time, log);
        Assert.False(client.IsValueCreated);

        await lazy.FindAsync(Reference, default);

        Assert.True(client.IsValueCreated);
    }

    [Fact]
    public async Task FindAsync_ManyAtOnce_ReadOnce()
    {
        vault.Put(Name, "sk-1");
        vault.Is = VaultServer.Mood.Hangs;
        var finding = Enumerable.Range(0, 50).Select(_ => credentials.FindAsync(Reference, default).AsTask()).ToList();
        await vault.WaitForReadsAsync(Name, 1);
        Assert.All(finding, find => Assert.False(find.IsCompleted));

        vault.Release();

        Assert.All(await Task.WhenAll(finding), secret => Assert.Equal("sk-1", secret.Value));
        Assert.Equal(1, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task FindAsync_Cached_CompletesSynchronouslyAndAllocatesNothing()
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        var all = new Credentials([new EnvironmentCredentials(_ => null), credentials]);
        var (found, allocated) = (0, 0L);
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                found += Known(all.FindAsync(Reference, default))?.Value == "sk-1" ? 1 : 0;
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal((2000, 0), (found, allocated));
        Assert.Equal(1, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task FindAsync_AgedTenMinutesOrSo_GivesTheOldAndReadsBehind()
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        vault.Put(Name, "sk-2");

        time.Advance(KeyVaultCredentials.Fresh * 0.79);
        Assert.Equal("sk-1", await FindAsync());
        Assert.Equal(1, vault.ReadsOf(Name));

        time.Advance(KeyVaultCredentials.Fresh * 0.41);
        Assert.Equal("sk-1", FindAtOnce());
        await UntilAsync("sk-2");
        Assert.Equal(2, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task FindAsync_OwnExpiryNear_ReadsAheadOfItBehind()
    {
        vault.Put(Name, "sk-1", expires: Some.Now + KeyVaultCredentials.Ahead + TimeSpan.FromMinutes(3));
        await FindAsync();
        vault.Put(Name, "sk-2", expires: Some.Now.AddDays(1));

        time.Advance(TimeSpan.FromSeconds(179));
        Assert.Equal("sk-1", await FindAsync());
        Assert.Equal(1, vault.ReadsOf(Name));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("sk-1", FindAtOnce());
        await UntilAsync("sk-2");
        Assert.Equal(2, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task FindAsync_OwnExpiryPassedUnseen_WaitsForTheNew()
    {
        vault.Put(Name, "sk-1", expires: Some.Now.AddMinutes(3));
        await FindAsync();
        vault.Put(Name, "sk-2");
        time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal("sk-2", await FindAsync());
    }

    [Fact]
    public async Task FindAsync_ReadAfterItsExpiry_IsGivenAndLookedAtEveryMinute()
    {
        vault.Put(Name, "sk-1", expires: Some.Now.AddMinutes(-1));
        Assert.Equal("sk-1", await FindAsync());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("sk-1", await FindAsync());
        Assert.Equal(1, vault.ReadsOf(Name));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("sk-1", FindAtOnce());

        await vault.WaitForReadsAsync(Name, 2);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task FindAsync_OutageOfADay_GivesTheOldAtOnceAndTheNewAfterwards(string mood, string reason)
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        vault.Put(Name, "sk-2");
        vault.Is = Enum.Parse<VaultServer.Mood>(mood);
        for (var hour = 1; hour <= 24; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Until.TrueAsync(() =>
            {
                Assert.Equal("sk-1", FindAtOnce());
                return log.Collector.Count == hour;
            });
        }
        Assert.Equal($"{Reference} cannot be read: {Text(reason)}. A value read before stays in use.", log.LatestRecord.Message);

        vault.Is = VaultServer.Mood.Well;
        time.Advance(TimeSpan.FromHours(1));
        FindAtOnce();
        await UntilAsync("sk-2");
        AssertNothingInside();
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task FindAsync_OutageFromTheBeginning_SaysWhy(string mood, string reason)
    {
        vault.Put(Name, "sk-1");
        vault.Is = Enum.Parse<VaultServer.Mood>(mood);

        await AssertProblemAsync(Text(reason));

        vault.Is = VaultServer.Mood.Well;
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("sk-1", await FindAsync());
        AssertNothingInside();
    }

    [Fact]
    public async Task FindAsync_NobodyListens_SaysSo()
    {
        var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var nobody = new Uri($"https://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();

        await AssertProblemAsync($"the vault at {nobody} cannot be reached", new(new Lazy<VaultClient>(() => VaultServer.ClientOf(nobody)), time, log));
    }

    [Fact]
    public async Task FindAsync_IdentityWithoutToken_SaysSo()
    {
        identity.Fails = new AuthenticationFailedException(VaultServer.Inside);

        await AssertProblemAsync("the host's identity gets no token for the vault");

        Assert.Empty(vault.Reads);
        AssertNothingInside();
    }

    [Theory]
    [InlineData(nameof(VaultServer.Mood.Hangs))]
    [InlineData(nameof(VaultServer.Mood.AsksForALongWait))]
    public async Task FindAsync_VaultKeepsUsWaiting_GivesUp(string mood)
    {
        vault.Is = Enum.Parse<VaultServer.Mood>(mood);
        var finding = credentials.FindAsync(Reference, default).AsTask();
        await vault.WaitForReadsAsync(Name, 1);
        Assert.False(finding.IsCompleted);

        time.Advance(KeyVaultCredentials.LongestRead);

        Assert.Equal($"the vault at {vault.Address} does not answer in time", (await finding).ProblemFor("openai"));
    }

    [Fact]
    public async Task FindAsync_PassingFault_IsTriedThreeTimes()
    {
        vault.Is = VaultServer.Mood.Broken;
        await AssertProblemAsync($"the vault at {vault.Address} answers with status 500");
        Assert.Equal(3, vault.ReadsOf(Name));
    }

    [Theory]
    [InlineData(false, "the vault holds no secret of that name")]
    [InlineData(true, "the secret is disabled in the vault")]
    public async Task FindAsync_SecretGone_IsNotGivenAnyLongerUntilItIsBack(bool isThere, string problem)
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        vault.Delete(Name);
        if (isThere)
        {
            vault.Put(Name, "sk-1", isEnabled: false);
        }
        time.Advance(KeyVaultCredentials.Fresh * 1.2);
        FindAtOnce();
        await UntilAsync(null);
        await AssertProblemAsync(problem);
        Assert.Equal($"{Reference} cannot be used: {problem}.", log.LatestRecord.Message);

        vault.Is = VaultServer.Mood.Broken;
        time.Advance(TimeSpan.FromHours(1));
        await AssertProblemAsync(problem);

        vault.Is = VaultServer.Mood.Well;
        vault.Put(Name, "sk-2");
        time.Advance(KeyVaultCredentials.Gone);
        Assert.Equal("sk-2", await FindAsync());
        AssertNothingInside();
    }

    [Fact]
    public async Task FindAsync_EmptySecret_IsAProblem()
    {
        vault.Put(Name, " \n");
        await AssertProblemAsync("it is empty");
    }

    [Fact]
    public async Task RereadAsync_SecondsAfterTheLastRead_AsksOnceForAll()
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        vault.Put(Name, "sk-2");
        Assert.Equal("sk-1", (await credentials.RereadAsync(Reference, default)).Value);
        Assert.Equal(1, vault.ReadsOf(Name));

        time.Advance(KeyVaultCredentials.Reread);
        vault.Is = VaultServer.Mood.Hangs;
        var rereading = Enumerable.Range(0, 20).Select(_ => credentials.RereadAsync(Reference, default).AsTask()).ToList();
        await vault.WaitForReadsAsync(Name, 2);
        vault.Release();

        Assert.All(await Task.WhenAll(rereading), secret => Assert.Equal("sk-2", secret.Value));
        Assert.Equal("sk-2", FindAtOnce());
        Assert.Equal(2, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task RereadAsync_Outage_GivesTheOld()
    {
        vault.Put(Name, "sk-1");
        await FindAsync();
        vault.Is = VaultServer.Mood.Broken;
        time.Advance(KeyVaultCredentials.Reread);

        Assert.Equal("sk-1", (await credentials.RereadAsync(Reference, default)).Value);
        Assert.Equal(4, vault.ReadsOf(Name));
    }

    [Fact]
    public async Task Log_FailuresOfOneMinute_AreToldOnceForEachSecret()
    {
        vault.Is = VaultServer.Mood.Broken;
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await FindAsync());
            Assert.Null((await credentials.FindAsync("kv:other", default)).Value);
            time.Advance(TimeSpan.FromSeconds(3));
        }
        Assert.Equal(30, vault.ReadsOf(Name));
        Assert.Equal(2, log.Collector.Count);

        time.Advance(KeyVaultCredentials.Quiet);
        Assert.Null(await FindAsync());
        Assert.Equal(3, log.Collector.Count);
    }

    private string Text(string reason) => reason.Replace("{0}", vault.Address.AbsoluteUri, StringComparison.Ordinal);

    private async Task<string?> FindAsync() => (await credentials.FindAsync(Reference, default)).Value;

    private string? FindAtOnce()
    {
        var found = Known(credentials.FindAsync(Reference, default));
        Assert.NotNull(found);
        return found.Value;
    }

    /// <summary>Null where it has to be waited for.</summary>
    private static Secret? Known(ValueTask<Secret> finding) => finding.IsCompletedSuccessfully ? finding.Result : null;

    private Task UntilAsync(string? value) => Until.TrueAsync(() => Known(credentials.FindAsync(Reference, default)) is { } found && found.Value == value);

    private async Task AssertProblemAsync(string problem, KeyVaultCredentials? others = null)
    {
        var secret = await (others ?? credentials).FindAsync(Reference, default);
        Assert.Null(secret.Value);
        Assert.Equal(problem, secret.ProblemFor("openai"));
        Assert.Equal(problem, secret.ProblemFor("vertex"));
    }

    private void AssertNothingInside() => Assert.All(log.Collector.GetSnapshot(), record =>
    {
        Assert.DoesNotContain(VaultServer.Inside, record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(HostIdentity.Token, record.Message, StringComparison.Ordinal);
        Assert.Null(record.Exception);
    });
}
