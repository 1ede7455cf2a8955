using Tollgate.Admission;
using Tollgate.Admission.Loops;
using Tollgate.Configuration;
using Tollgate.Secrets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Tenants;

public sealed class ConfiguredTenantsTests
{
    private const string Secret = "sk-0123456789abcdef";

    private static readonly EnvironmentCredentials Secrets = new(name => name switch
    {
        "A" => Secret,
        "B" => "sk-another-0123456789",
        "SAME" => Secret,
        "SHORT" => "sk-012345678901",
        "LEAST" => "sk-0123456789012",
        "LONG" => new string('k', 257),
        _ => null,
    });

    [Fact]
    public async Task FindAsync_Key_IsItsTenants()
    {
        var tenants = Build(("acme", new() { ["dev"] = "env:A", ["ci"] = "env:B" }), ("other", new() { ["k"] = $"sha256:{new string('0', 64)}" }), ("none", null));
        var caller = await tenants.FindAsync(KeyHash.Of(Secret), CancellationToken.None);
        Assert.Equal(("acme", "dev"), (caller?.Tenant.Id, caller?.Key));
        Assert.Equal("ci", (await tenants.FindAsync(KeyHash.Of("sk-another-0123456789"), CancellationToken.None))?.Key);
        Assert.Equal("other", (await tenants.FindAsync(KeyHash.FromHex(new string('0', 64)), CancellationToken.None))?.Tenant.Id);
        Assert.Null(await tenants.FindAsync(KeyHash.Of(Secret + "x"), CancellationToken.None));
    }

    [Fact]
    public async Task FindAsync_HashInTheFile_IsTheKeysHash()
    {
        var tenants = Build(("acme", new() { ["dev"] = "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD" }));
        Assert.NotNull(await tenants.FindAsync(KeyHash.Of("abc"), CancellationToken.None));
    }

    [Theory]
    [InlineData("env:GONE", "names env:GONE, which is not set in the environment.")]
    [InlineData("env:SHORT", "names env:SHORT, which holds 15 characters; a key has 16 to 256.")]
    [InlineData("env:LONG", "names env:LONG, which holds 257 characters; a key has 16 to 256.")]
    [InlineData("sha256:abc", "is not a SHA-256 hash; it must be sha256: and 64 hexadecimal digits.")]
    [InlineData("env:SAME", "is the same key as 'dev' of tenant 'acme'.")]
    public void Constructor_UnusableKey_IsNamedAndNotShown(string reference, string problem)
    {
        var thrown = Assert.Throws<ConfigurationException>(() => Build(("acme", new() { ["dev"] = "env:A" }), ("b", new() { ["k"] = reference })));
        Assert.Equal([$"'tenants.b.keys.k' {problem}"], thrown.Problems);
        Assert.DoesNotContain(Secret, thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ShortestKey_IsTaken() => Build(("acme", new() { ["dev"] = "env:LEAST" }));

    [Fact]
    public async Task FindAsync_Tenant_HasItsSettings()
    {
        var config = new GatewayConfig
        {
            Tenants =
            {
                ["acme"] = new TenantConfig
                {
                    Keys = new(StringComparer.Ordinal) { ["dev"] = "env:A" },
                    Limits = [new LimitConfig { Unit = "microUsd", Window = "month", Amount = 5 }, new LimitConfig { Unit = "requests", Window = "minute", Amount = 6 }],
                    Models = ["m"],
                    Regions = ["eu"],
                    Strict = true,
                    OnBudgetOutage = "allow",
                    OnLedgerOutage = "allow",
                    Loops = new LoopConfig { SlowAfter = 7 },
                },
            },
        };
        var tenant = (await new ConfiguredTenants(config, Secrets, version: 7).FindAsync(KeyHash.Of(Secret), CancellationToken.None))!.Tenant;
        Assert.Equal([new Limit(LimitUnit.MicroUsd, LimitWindow.Month, 5), new Limit(LimitUnit.Requests, LimitWindow.Minute, 6)], tenant.Limits);
        Assert.True(tenant.MayUse("m") && !tenant.MayUse("n") && tenant.MayReach("eu") && !tenant.MayReach("us") && !tenant.MayReach("") && tenant.Strict);
        Assert.Equal((7, OutagePolicy.Allow), (tenant.Version, tenant.OnBudgetOutage));
        Assert.Equal((OutagePolicy.Allow, new LoopLimits(7, 60)), (tenant.OnLedgerOutage, tenant.Loops));
        var free = new Tenant("free");
        Assert.True(free.MayUse("n") && free.MayReach("us") && !free.Strict && free.OnBudgetOutage == OutagePolicy.Refuse);
    }

    [Fact]
    public async Task FindAsync_KeysThatReadTheTenant_AreTheNamedOnes()
    {
        var config = new GatewayConfig
        {
            Tenants = { ["acme"] = new TenantConfig { Keys = new(StringComparer.Ordinal) { ["dev"] = "env:A", ["billing"] = "env:B" }, UsageReaders = ["billing"] } },
        };
        var tenants = new ConfiguredTenants(config, Secrets);
        Assert.False((await tenants.FindAsync(KeyHash.Of(Secret), CancellationToken.None))!.ReadsTenant);
        Assert.True((await tenants.FindAsync(KeyHash.Of("sk-another-0123456789"), CancellationToken.None))!.ReadsTenant);
    }

    private static ConfiguredTenants Build(params (string Id, Dictionary<string, string>? Keys)[] tenants) => new(
        new GatewayConfig { Tenants = tenants.ToDictionary(item => item.Id, item => new TenantConfig { Keys = item.Keys }, StringComparer.Ordinal) },
        Secrets);
}
