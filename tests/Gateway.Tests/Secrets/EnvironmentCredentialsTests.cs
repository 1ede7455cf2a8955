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
        Assert.Equal(expected, new EnvironmentCredentials(name => name == "KEY" ? value : "other").Find("env:KEY").Value);

    [Theory]
    [InlineData("KEY")]
    [InlineData("kv:KEY")]
    [InlineData("ENV:KEY")]
    [InlineData("")]
    public void Find_OtherReferences_AreNotRead(string reference) => Assert.Null(new EnvironmentCredentials(_ => "secret").Find(reference).Value);

    [Fact]
    public async Task Find_Variable_IsReadOnce()
    {
        var reads = 0;
        var credentials = new EnvironmentCredentials(_ => $"secret-{++reads}");
        Assert.Equal("secret-1", credentials.Find("env:KEY").Value);
        Assert.Equal("secret-1", (await credentials.FindAsync("env:KEY", default)).Value);
        Assert.Equal("secret-1", (await credentials.RereadAsync("env:KEY", default)).Value);
    }
}
