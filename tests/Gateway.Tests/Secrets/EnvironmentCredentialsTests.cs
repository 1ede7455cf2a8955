using Tollgate.Configuration;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

public sealed class EnvironmentCredentialsTests
{
    [Theory]
    [InlineData("secret", "secret")]
    [InlineData(" secret\r\n", "secret")]
    [InlineData("", null)]
    [InlineData(" \n", null)]
    [InlineData(null, null)]
    public void Find_Variable_IsTrimmedAndNeverEmpty(string? value, string? expected) =>
        Assert.Equal(expected, new EnvironmentCredentials(name => name == "KEY" ? value : "other").Find("env:KEY"));

    [Theory]
    [InlineData("KEY")]
    [InlineData("kv:KEY")]
    [InlineData("ENV:KEY")]
    [InlineData("")]
    public void Find_OtherReferences_AreNotRead(string reference) => Assert.Null(new EnvironmentCredentials(_ => "secret").Find(reference));

    [Fact]
    public void Find_Variable_IsReadOnce()
    {
        var reads = 0;
        var credentials = new EnvironmentCredentials(_ => $"secret-{++reads}");
        Assert.Equal("secret-1", credentials.Find("env:KEY"));
        Assert.Equal("secret-1", credentials.Find("env:KEY"));
    }

    [Fact]
    public void CredentialCheck_WhatIsNotSet_IsNamedWithItsProvider()
    {
        var config = new GatewayConfig { Providers = { ["a"] = new ProviderConfig { Credential = ["env:SET", "env:GONE"] }, ["b"] = new ProviderConfig() } };
        var secrets = new EnvironmentCredentials(name => name == "SET" ? "secret" : null);
        var thrown = Assert.Throws<ConfigurationException>(() => CredentialCheck.Run(config, secrets, "my.json"));
        Assert.Equal(["'providers.a.credential' names env:GONE, which is not set in the environment."], thrown.Problems);
        Assert.StartsWith("my.json", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
        config.Providers["a"].Credential = ["env:SET"];
        CredentialCheck.Run(config, secrets, "my.json");
    }
}
