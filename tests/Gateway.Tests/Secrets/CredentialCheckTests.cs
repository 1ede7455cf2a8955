using Tollgate.Configuration;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

public sealed class CredentialCheckTests
{
    private static readonly EnvironmentCredentials Environment = new(name => name switch
    {
        "SET" => "secret",
        "UMLAUT" => "sécret",
        "LINES" => "secret\nsecret",
        _ => null,
    });

    [Fact]
    public void Run_VariableNotSet_IsNamedWithItsProvider()
    {
        var config = Config("openai", "env:SET", "env:GONE");
        config.Providers["b"] = new ProviderConfig();
        var thrown = Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(config, Environment, null, "my.json"));
        Assert.Equal(["'providers.a.credential' names env:GONE, but it is not set in the environment."], thrown.Problems);
        Assert.StartsWith("my.json", thrown.Message, StringComparison.Ordinal);
        config.Providers["a"].Credential = ["env:SET"];
        Assert.Null(CredentialCheck.Run(config, Environment, null, "my.json"));
    }

    [Theory]
    [InlineData("env:UMLAUT", "it holds a character outside ASCII, which no header can carry")]
    [InlineData("env:LINES", "it holds a line break or another control character, which no header can carry")]
    public void Run_SecretThatNoHeaderCarries_IsRefusedButForVertex(string reference, string problem)
    {
        var thrown = Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(Config("openai", reference), Environment, null, "my.json"));
        Assert.Equal([$"'providers.a.credential' names {reference}, but {problem}."], thrown.Problems);
        Assert.DoesNotContain("cret", thrown.Message, StringComparison.Ordinal);
        CredentialCheck.Run(Config("vertex", reference), Environment, null, "my.json");
    }

    [Fact]
    public void Run_WebhooksSecret_IsCheckedToo()
    {
        var config = new GatewayConfig { Alerts = new AlertsConfig { Webhook = "https://hooks.example.com", Secret = "env:GONE" } };
        Assert.Equal(["'alerts.secret' names env:GONE, but it is not set in the environment."], Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(config, Environment, null, "my.json")).Problems);
        config.Alerts.Secret = "kv:hook";
        Assert.Equal(["'alerts.secret' names kv:hook, but TOLLGATE_VAULT, the URI of the Key Vault, is not set."], Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(config, Environment, null, "my.json")).Problems);
        config.Alerts.Secret = "env:UMLAUT";
        Assert.Null(CredentialCheck.Run(config, Environment, null, "my.json"));
    }

    [Theory]
    [InlineData("env:SET", "but it holds 6 characters; the secret has 32 to 256")]
    [InlineData("env:GONE", "but it is not set in the environment")]
    [InlineData("kv:admin", "but TOLLGATE_VAULT, the URI of the Key Vault, is not set")]
    [InlineData("env:LONG", null)]
    [InlineData("sha256:00", null)]
    public void Run_AdminSecret_IsCheckedToo(string reference, string? problem)
    {
        var config = new GatewayConfig { Admin = new AdminConfig { Secret = reference } };
        var environment = new EnvironmentCredentials(name => name switch { "SET" => "secret", "LONG" => new string('s', 32), _ => null });
        var problems = Record.Exception(() => CredentialCheck.Run(config, environment, null, "my.json")) is ConfigurationException wrong ? wrong.Problems : [];
        Assert.Equal(problem is null ? [] : new[] { $"'admin.secret' names {reference}, {problem}." }, problems);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void Run_VaultSecretWithoutVault_NamesBothSettings(string? vault)
    {
        var thrown = Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(Config("openai", "env:SET", "kv:openai-key"), Environment, vault, "my.json"));
        Assert.Equal(["'providers.a.credential' names kv:openai-key, but TOLLGATE_VAULT, the URI of the Key Vault, is not set."], thrown.Problems);
    }

    [Theory]
    [InlineData("acme.vault.azure.net")]
    [InlineData("http://acme.vault.azure.net")]
    [InlineData("https://acme.vault.azure.net/secrets/x")]
    [InlineData("https://acme.vault.azure.net/?x=1")]
    [InlineData("https://acme.vault.azure.net/#x")]
    [InlineData("https://user:secret@acme.vault.azure.net")]
    [InlineData("sk-secret")]
    public void Run_NoVaultsUri_NamesTheSettingAndNotItsValue(string vault)
    {
        var thrown = Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(Config("openai", "kv:openai-key"), Environment, vault, "my.json"));
        Assert.Equal(["TOLLGATE_VAULT is not the URI of a vault; it must be https://NAME.vault.azure.net, without path, query or credentials."], thrown.Problems);
        Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(Config("openai", "env:SET"), Environment, vault, "my.json"));
    }

    [Theory]
    [InlineData("https://acme.vault.azure.net")]
    [InlineData(" https://acme.vault.azure.net/\n")]
    [InlineData("https://127.0.0.1:8443/")]
    public void Run_VaultsUri_IsGiven(string vault) =>
        Assert.Equal(new Uri(vault.Trim()), CredentialCheck.Run(Config("openai", "kv:openai-key"), Environment, vault, "my.json"));

    private static GatewayConfig Config(string kind, params string[] credentials) => new() { Providers = { ["a"] = new ProviderConfig { Kind = kind, Credential = [.. credentials] } } };
}
