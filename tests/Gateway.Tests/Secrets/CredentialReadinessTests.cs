using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Configuration;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

public sealed class CredentialReadinessTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private VaultServer vault = null!;

    public async Task InitializeAsync() => vault = await VaultServer.StartAsync();

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [Fact]
    public async Task FindProblemsAsync_AllThere_SaysNothingAlsoInAnOutage()
    {
        vault.Put("a", "sk-a");
        vault.Put("b", "sk-b");
        var readiness = Readiness(("openai", "kv:a"), ("anthropic", "kv:b"), ("gemini", "env:C"));
        Assert.Empty(await readiness.FindProblemsAsync(default));
        Assert.Equal(["a", "b"], vault.Reads.Order());

        vault.Is = VaultServer.Mood.Broken;
        for (var hour = 1; hour <= 24; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            var before = vault.ReadsOf("a");
            await Until.TrueAsync(async () =>
            {
                Assert.Empty(await readiness.FindProblemsAsync(default));
                return vault.ReadsOf("a") > before;
            });
        }
    }

    [Fact]
    public async Task FindProblemsAsync_MissingOrUnusable_OneSentenceEach()
    {
        vault.Put("a", "sk-a");
        vault.Put("b", "sk-b", isEnabled: false);
        vault.Put("c", "sk-ç");
        vault.Put("d", "{\n}");

        Assert.Equal(
            [
                "'providers.openai-2.credential' names kv:b, but the secret is disabled in the vault.",
                "'providers.openai-3.credential' names kv:c, but it holds a character outside ASCII, which no header can carry.",
                "'providers.openai-4.credential' names kv:d, but it holds a line break or another control character, which no header can carry.",
                "'providers.anthropic-6.credential' names kv:nothing, but the vault holds no secret of that name.",
            ],
            await Readiness(("openai", "kv:a"), ("openai", "kv:b"), ("openai", "kv:c"), ("openai", "kv:d"), ("vertex", "kv:d"), ("anthropic", "kv:nothing")).FindProblemsAsync(default));
    }

    [Theory]
    [InlineData(nameof(VaultServer.Mood.ForbidsByRole), "the host's identity may not read it")]
    [InlineData(nameof(VaultServer.Mood.Throttled), "the vault at {0} answers with status 429")]
    public async Task FindProblemsAsync_VaultDoesNotSay_NamesSettingAndReason(string mood, string reason)
    {
        vault.Put("a", "sk-a");
        vault.Is = Enum.Parse<VaultServer.Mood>(mood);
        var readiness = Readiness(("openai", "kv:a"));

        var problem = Assert.Single(await readiness.FindProblemsAsync(default));

        Assert.Equal($"'providers.openai-1.credential' names kv:a, but {reason.Replace("{0}", vault.Address.AbsoluteUri, StringComparison.Ordinal)}.", problem);
    }

    [Fact]
    public async Task FindProblemsAsync_VaultHangs_AsksForAllAtOnceAndAnswersInSeconds()
    {
        vault.Is = VaultServer.Mood.Hangs;
        var finding = Readiness(("openai", "kv:a"), ("openai", "kv:b")).FindProblemsAsync(default).AsTask();
        await vault.WaitForReadsAsync("a", 1);
        await vault.WaitForReadsAsync("b", 1);
        Assert.False(finding.IsCompleted);

        time.Advance(CredentialReadiness.Patience);

        Assert.Equal(
            [
                "'providers.openai-1.credential' names kv:a, but the vault did not answer within 5 s.",
                "'providers.openai-2.credential' names kv:b, but the vault did not answer within 5 s.",
            ],
            await finding);
    }

    [Fact]
    public async Task FindProblemsAsync_AskerLeaves_IsNoProblemOfTheVault()
    {
        vault.Is = VaultServer.Mood.Hangs;
        using var gone = new CancellationTokenSource();
        var finding = Readiness(("openai", "kv:a")).FindProblemsAsync(gone.Token).AsTask();
        await vault.WaitForReadsAsync("a", 1);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
    }

    private CredentialReadiness Readiness(params (string Kind, string Reference)[] providers)
    {
        var config = new GatewayConfig();
        for (var i = 0; i < providers.Length; i++)
        {
            config.Providers[$"{providers[i].Kind}-{i + 1}"] = new ProviderConfig { Kind = providers[i].Kind, Credential = [providers[i].Reference] };
        }
        var store = new KeyVaultCredentials(new Lazy<VaultClient>(() => vault.Client()), time, NullLogger<KeyVaultCredentials>.Instance);
        return new CredentialReadiness(new CredentialRoster(config, new Credentials([new EnvironmentCredentials(_ => "sk-env"), store]), time, NullLogger<ProviderCredential>.Instance), time);
    }
}
