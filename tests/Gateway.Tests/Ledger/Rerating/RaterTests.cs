using System.Text;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;
using Tollgate.Ledger;
using Tollgate.Ledger.Rerating;

namespace Tollgate.Gateway.Tests.Ledger.Rerating;

public sealed class RaterTests
{
    private static readonly Rater Subject = Prices.Rater("""
        "a": { "provider": "p", "model": "m", "prices": [ { "input": 1, "output": 2, "tiers": { "priority": { "times": 3 } } }, { "from": "2026-11-23", "input": 10, "output": 20 } ] },
        "b": { "provider": "p", "model": "m", "price": { "input": 0.1, "output": 0.1, "cacheWrite1h": 5 } },
        "free": { "provider": "p", "model": "m" },
        "sound": { "provider": "p", "model": "m", "price": { "input": 1, "output": 1, "audioInput": 4 } }
        """);

    private static readonly RatedRow Row = new()
    {
        OpenedAt = Some.Now.AddDays(-1),
        Deployment = "a",
        Usage = new TokenUsage { Prompt = 10, Completion = 5 },
        IsSplit = true,
        Attempts = 1,
        CostMicroUsd = 7,
        PriceVersion = "old",
    };

    [Theory]
    [InlineData(-1, nameof(ServiceTier.Standard), 20)]
    [InlineData(-1, nameof(ServiceTier.Priority), 60)]
    [InlineData(0, nameof(ServiceTier.Standard), 200)]
    [InlineData(0, nameof(ServiceTier.Priority), 200)]
    public void Rate_Call_CostsWhatWasInForceWhenItWasOpened(int days, string tier, int expected)
    {
        var rating = Subject.Rate(Row with { OpenedAt = Some.Now.AddDays(days), Usage = Row.Usage with { Tier = Enum.Parse<ServiceTier>(tier) } });
        Assert.Equal((RatingOutcome.Rated, expected), (rating.Outcome, rating.CostMicroUsd));
        Assert.StartsWith(PriceReader.OwnVersion, rating.PriceVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_SeveralAttempts_EachAtItsOwnPrice_RoundedOnce()
    {
        BilledAttempt[] earlier = [new("b", new TokenUsage { Prompt = 3, CacheWrite1h = 1 }, 99, "old"), new("b", new TokenUsage { Prompt = 1 }, 99, "older"), new("free", new TokenUsage { Prompt = 9 }, 0, null)];
        var rating = Subject.Rate(Row with { Usage = Row.Usage + earlier.Usage(), Earlier = earlier });
        Assert.Equal([5.2m, 0.1m, 0], rating.Earlier.Select(attempt => attempt.MicroUsd));
        Assert.Equal(26, rating.CostMicroUsd);
        Assert.Equal(2, rating.PriceVersion!.Split(' ').Length);
        Assert.Equal(rating.PriceVersion, string.Join(' ', new[] { Subject.Rate(Row).PriceVersion, rating.Earlier[0].PriceVersion }));
    }

    [Fact]
    public void Rate_FailedCall_CostsWhatItsAttemptsDo()
    {
        BilledAttempt[] earlier = [new("a", new TokenUsage { Prompt = 3 }, 1, "old")];
        Assert.Equal(3, Subject.Rate(Row with { Deployment = "gone", Usage = earlier.Usage(), Earlier = earlier }).CostMicroUsd);
    }

    [Fact]
    public void Rate_WhatCannotBeRated_SaysWhy()
    {
        Assert.Equal(RatingOutcome.Bound, Subject.Rate(Row with { IsBound = true }).Outcome);
        Assert.Equal(RatingOutcome.NoDeployment, Subject.Rate(Row with { Deployment = "gone" }).Outcome);
        Assert.Equal(RatingOutcome.NoDeployment, Subject.Rate(Row with { Earlier = [new BilledAttempt("gone", new TokenUsage { Prompt = 1 }, 1, "old")] }).Outcome);
        Assert.Equal(RatingOutcome.NoPrice, Subject.Rate(Row with { Deployment = "free" }).Outcome);
        Assert.Equal(RatingOutcome.Rated, Subject.Rate(Row with { Deployment = "free", PriceVersion = null }).Outcome);
        Assert.Equal((RatingOutcome.Rated, 0), Subject.Rate(Row with { Deployment = null, Usage = default, PriceVersion = null }) is var none ? (none.Outcome, none.CostMicroUsd) : default);
    }

    [Fact]
    public void Rate_RowOfAnOlderVersion_OnlyWhereItTellsAll()
    {
        var old = Row with { IsSplit = false };
        Assert.Equal(20, Subject.Rate(old).CostMicroUsd);
        Assert.Equal(RatingOutcome.NotSplit, Subject.Rate(old with { Attempts = 2 }).Outcome);
        Assert.Equal(RatingOutcome.NotSplit, Subject.Rate(old with { Usage = old.Usage with { CacheWrite5m = 1 } }).Outcome);
        Assert.Equal(RatingOutcome.NotSplit, Subject.Rate(old with { Deployment = "sound" }).Outcome);
        Assert.Equal(RatingOutcome.Rated, Subject.Rate(old with { Deployment = "sound", IsSplit = true }).Outcome);
    }
}

/// <summary>Price books for tests.</summary>
internal static class Prices
{
    /// <summary>A rater by the prices of these deployments.</summary>
    public static Rater Rater(string deployments) => new(new DeploymentPrices(
        ConfigReader.Read(Encoding.UTF8.GetBytes($$"""
            {
              "providers": { "p": { "kind": "openai", "endpoint": "https://api.openai.com/v1" } },
              "deployments": { {{deployments}} },
              "models": { "m": { "tiers": [ { "targets": ["a"] } ] } }
            }
            """), "test"),
        ModelCatalogue.Load()));
}
