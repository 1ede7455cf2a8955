using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Configuration;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

/// <summary>Which credential a call begins with, which it goes on with, and which are left alone for a while.</summary>
public sealed class ProviderCredentialsTests
{
    private static readonly UpstreamFailure Refused = new(FailureKind.Credentials, 401);

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<ProviderCredential> log = new();
    private readonly StoredSecrets store = new();

    [Fact]
    public async Task Take_SuccessiveCalls_BeginWithSuccessiveCredentials()
    {
        var credentials = Of("kv:a", "kv:b", "kv:c");
        Assert.Equal(["a", "b", "c", "a", "b"], await ValuesAsync(credentials, 5));
    }

    [Fact]
    public async Task Take_None_IsNull() => Assert.Equal([null, null], await ValuesAsync(Of(), 2));

    [Fact]
    public void Take_ManyAtOnce_AllGetTheirShare()
    {
        var credentials = Of("kv:a", "kv:b", "kv:c");
        var taken = new int[3];
        Parallel.For(0, 3000, _ => Interlocked.Increment(ref taken["abc".IndexOf(credentials.Take()!.Reference[^1], StringComparison.Ordinal)]));
        Assert.Equal([1000, 1000, 1000], taken);
    }

    [Fact]
    public async Task Take_RefusedOne_IsLeftOutForAMinuteAndTheOthersShareItsTurns()
    {
        var credentials = Of("kv:a", "kv:b", "kv:c");
        await FailAsync(credentials, Refused);
        Assert.Equal(["b", "c", "b", "c", "b"], await ValuesAsync(credentials, 5));

        time.Advance(ProviderCredential.Refused - TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("a", await ValuesAsync(credentials, 3));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("a", await ValuesAsync(credentials, 3));
    }

    [Fact]
    public async Task Take_AllRest_AreUsedInTurnAllTheSame()
    {
        var credentials = Of("kv:a", "kv:b");
        await FailAsync(credentials, Refused);
        await FailAsync(credentials, Refused);
        Assert.True(credentials.AllRest);
        Assert.Equal(["a", "b"], (await ValuesAsync(credentials, 4)).Distinct().Order());
    }

    [Fact]
    public async Task Take_RefusedOneOfAnotherValue_IsUsedAtOnce()
    {
        var credentials = Of("kv:a", "kv:b");
        await FailAsync(credentials, Refused);
        Assert.Equal(["b", "b"], await ValuesAsync(credentials, 2));

        store.Put("kv:a", "a2");
        await store.RereadAsync("kv:a", default);

        Assert.Equal(["a2", "b"], (await ValuesAsync(credentials, 2)).Order());
    }

    [Theory]
    [InlineData(nameof(FailureKind.Credentials), 402, null, 60)]
    [InlineData(nameof(FailureKind.Credentials), 403, null, 60)]
    [InlineData(nameof(FailureKind.QuotaExhausted), 429, null, 60)]
    [InlineData(nameof(FailureKind.QuotaExhausted), 429, 3600, 3600)]
    [InlineData(nameof(FailureKind.RateLimited), 429, null, 5)]
    [InlineData(nameof(FailureKind.RateLimited), 429, 30, 30)]
    public async Task NoteAsync_FailureOfTheCredential_RestsSoLong(string kind, int status, int? retryAfter, int seconds)
    {
        var credentials = Of("kv:a", "kv:b");
        await FailAsync(credentials, new UpstreamFailure(Enum.Parse<FailureKind>(kind), status) { RetryAfter = retryAfter is { } wait ? TimeSpan.FromSeconds(wait) : null });

        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.True(credentials.All[0].IsResting);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(credentials.All[0].IsResting);
        Assert.Empty(store.Rereads);
    }

    [Theory]
    [InlineData(nameof(FailureKind.ServerError), 500)]
    [InlineData(nameof(FailureKind.Overloaded), 503)]
    [InlineData(nameof(FailureKind.InvalidRequest), 400)]
    [InlineData(nameof(FailureKind.Timeout), 504)]
    public async Task NoteAsync_FailureOfSomethingElse_LeavesItInUse(string kind, int status)
    {
        var credentials = Of("kv:a", "kv:b");
        await FailAsync(credentials, new UpstreamFailure(Enum.Parse<FailureKind>(kind), status));
        Assert.False(credentials.All[0].IsResting);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    public async Task NoteAsync_ValueReplacedInTheStore_SameCredentialAgain(int status)
    {
        var credentials = Of("kv:a", "kv:b");
        var turn = new CredentialTurn(credentials);
        Assert.Equal("a", await turn.FindAsync(default));
        store.Put("kv:a", "a2");

        Assert.True(await turn.NoteAsync(Refused with { Status = status }, default));
        Assert.Equal("a2", await turn.FindAsync(default));
        Assert.False(credentials.All[0].IsResting);

        Assert.False(await turn.NoteAsync(Refused, default));
        Assert.True(credentials.All[0].IsResting);
        Assert.Equal(["kv:a", "kv:a"], store.Rereads);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("clé")]
    public async Task NoteAsync_NothingUsableInTheStoreAnyLonger_NextCredential(string? value)
    {
        var turn = new CredentialTurn(Of("kv:a", "kv:b"));
        await turn.FindAsync(default);
        store.Put("kv:a", value);

        Assert.False(await turn.NoteAsync(Refused, default));
        Assert.True(turn.Next());
        Assert.Equal("b", await turn.FindAsync(default));
    }

    [Fact]
    public async Task Next_OthersThatRest_AreLeftForWantOfABetterPlace()
    {
        var credentials = Of("kv:a", "kv:b", "kv:c");
        await FailAsync(credentials, Refused);
        var turn = new CredentialTurn(credentials);
        Assert.Equal("b", await turn.FindAsync(default));
        Assert.True(turn.Next());
        Assert.Equal("c", await turn.FindAsync(default));
        Assert.False(turn.Next());
        Assert.True(turn.NextAnyway());
        Assert.Equal("a", await turn.FindAsync(default));
        Assert.False(turn.NextAnyway());
    }

    [Fact]
    public async Task FindAsync_NotToBeHad_RestsAndIsToldOnceAPause()
    {
        var credentials = Of("kv:a");
        store.Put("kv:a", null);
        for (var i = 0; i < 5; i++)
        {
            var thrown = await Assert.ThrowsAsync<CredentialException>(() => new CredentialTurn(credentials).FindAsync(default).AsTask());
            Assert.Equal("'providers.p.credential' names kv:a, but the vault holds no secret of that name.", thrown.Message);
        }
        Assert.Equal("Provider p's credential kv:a is not used for 60 s where there is another: the vault holds no secret of that name.", Assert.Single(log.Collector.GetSnapshot()).Message);

        time.Advance(ProviderCredential.Refused);
        await Assert.ThrowsAsync<CredentialException>(() => new CredentialTurn(credentials).FindAsync(default).AsTask());
        Assert.Equal(2, log.Collector.Count);
    }

    [Fact]
    public async Task FindAsync_UnfitForAHeader_SaysSoWithoutTheValue()
    {
        var credentials = Of("kv:a");
        store.Put("kv:a", "clé-secrète");
        var thrown = await Assert.ThrowsAsync<CredentialException>(() => new CredentialTurn(credentials).FindAsync(default).AsTask());
        Assert.Equal("'providers.p.credential' names kv:a, but it holds a character outside ASCII, which no header can carry.", thrown.Message);
        Assert.DoesNotContain("clé", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoteAsync_Refused_IsToldWithTheReasonAndNotTheValue()
    {
        var credentials = Of("kv:a", "kv:b");
        await FailAsync(credentials, Refused with { Status = 403 });
        await FailAsync(credentials, new UpstreamFailure(FailureKind.RateLimited, 429));
        Assert.Equal("Provider p's credential kv:a is not used for 60 s where there is another: the provider refuses it with status 403.", Assert.Single(log.Collector.GetSnapshot()).Message);
    }

    /// <summary>Every secret's value is its name until a test changes it.</summary>
    private ProviderCredentials Of(params string[] references)
    {
        foreach (var reference in references)
        {
            store.Put(reference, reference["kv:".Length..]);
        }
        var config = new GatewayConfig { Providers = { ["p"] = new ProviderConfig { Kind = "openai", Credential = [.. references] } } };
        return new CredentialRoster(config, new Credentials([store]), time, log).Of("p");
    }

    private static async Task<List<string?>> ValuesAsync(ProviderCredentials credentials, int calls)
    {
        var values = new List<string?>();
        for (var i = 0; i < calls; i++)
        {
            values.Add(await new CredentialTurn(credentials).FindAsync(default));
        }
        return values;
    }

    /// <summary>The call whose turn it is ends in a failure.</summary>
    private static async Task FailAsync(ProviderCredentials credentials, UpstreamFailure failure)
    {
        var turn = new CredentialTurn(credentials);
        await turn.FindAsync(default);
        Assert.False(await turn.NoteAsync(failure, default));
    }
}
