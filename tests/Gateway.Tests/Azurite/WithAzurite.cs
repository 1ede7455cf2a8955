namespace Tollgate.Gateway.Tests.Azurite;

/// <summary>Tests that use table storage.</summary>
[CollectionDefinition(Name)]
public sealed class WithAzurite : ICollectionFixture<AzuriteServer>
{
    public const string Name = "azurite";
}
