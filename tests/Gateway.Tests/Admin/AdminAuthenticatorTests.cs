using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Tollgate.Admin;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Secrets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Admin;

public sealed class AdminAuthenticatorTests
{
    private const string Secret = "an-operators-secret-0123456789-0123456789";

    private static readonly string Hash = $"sha256:{KeyHash.Of(Secret).ToHex()}";

    private readonly StoredSecrets vault = new();
    private readonly FakeLogger<AdminAuthenticator> log = new();

    public static TheoryData<string> References => ["env:ADMIN", "kv:admin", Hash, Hash.ToUpperInvariant().Replace("SHA", "sha", StringComparison.Ordinal)];

    [Theory]
    [MemberData(nameof(References))]
    public async Task AuthenticateAsync_TheSecretAlone_IsLetIn(string reference)
    {
        vault.Put("kv:admin", Secret);
        var authenticator = Build(reference);
        foreach (var header in new[] { "Authorization", "api-key", "x-api-key" })
        {
            await authenticator.AuthenticateAsync(Request(header, header == "Authorization" ? $"Bearer {Secret}" : Secret));
        }
        foreach (var wrong in new[] { Secret + "x", Secret[..^1], "x", "", new string('x', 257), Hash, reference })
        {
            Assert.Equal((401, "invalid_api_key"), await RefusalAsync(authenticator, Request("api-key", wrong)));
        }
        Assert.Equal((401, "missing_api_key"), await RefusalAsync(authenticator, Request("x-other", Secret)));
    }

    [Fact]
    public async Task AuthenticateAsync_NoSecretIsSet_ThereIsNoSuchAddress() => Assert.Equal((404, "unknown_url"), await RefusalAsync(Build(null), Request("api-key", Secret)));

    [Theory]
    [InlineData(null, "the vault holds no secret of that name")]
    [InlineData("a-secret-that-is-too-short-1234", "it holds 31 characters; the secret has 32 to 256")]
    public async Task AuthenticateAsync_VaultHasNoneOrAShortOne_IsRefusedAndLogged(string? held, string problem)
    {
        vault.Put("kv:admin", held);
        Assert.Equal((503, "admin_unavailable"), await RefusalAsync(Build("kv:admin"), Request("api-key", held ?? Secret)));
        Assert.Equal($"The operator is refused: 'admin.secret' names kv:admin, but {problem}.", log.LatestRecord.Message);
    }

    private AdminAuthenticator Build(string? reference) => new(reference, new Credentials([vault, new EnvironmentCredentials(name => name == "ADMIN" ? Secret : null)]), log);

    private static HttpRequest Request(string header, string value)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[header] = value;
        return http.Request;
    }

    private static async Task<(int, string?)> RefusalAsync(AdminAuthenticator authenticator, HttpRequest request)
    {
        var refused = await Assert.ThrowsAsync<CallerErrorException>(() => authenticator.AuthenticateAsync(request).AsTask());
        Assert.DoesNotContain(Secret, refused.Message, StringComparison.Ordinal);
        return (refused.Status, refused.Code);
    }
}
