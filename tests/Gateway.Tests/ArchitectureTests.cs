using System.Reflection;
using System.Runtime.CompilerServices;
using NetArchTest.Rules;
using Tollgate.Configuration;
using Tollgate.Endpoints;

namespace Tollgate.Gateway.Tests;

public sealed class ArchitectureTests
{
    private static readonly Assembly Gateway = typeof(GatewayEndpoints).Assembly;

    [Fact]
    public void Gateway_KnowsNothingOfItsHosts()
    {
        Assert.DoesNotContain(Gateway.GetReferencedAssemblies(), assembly => assembly.Name!.Contains("Functions", StringComparison.Ordinal) || assembly.Name.Contains("Durable", StringComparison.Ordinal));
        Holds(Types.InAssembly(Gateway).ShouldNot().HaveDependencyOnAny("Microsoft.Azure.Functions", "Microsoft.DurableTask", "Tollgate.LocalHost"));
    }

    [Theory]
    [InlineData("Tollgate.Conversation", new[] { "Microsoft", "Azure", "Google", "Tollgate.Admission", "Tollgate.Catalogue", "Tollgate.Configuration", "Tollgate.Dialects", "Tollgate.Endpoints", "Tollgate.Errors", "Tollgate.Intake", "Tollgate.Ledger", "Tollgate.Providers", "Tollgate.Routing", "Tollgate.Secrets", "Tollgate.Settlement", "Tollgate.Streaming", "Tollgate.Tenants", "Tollgate.Upstream" })]
    [InlineData("Tollgate.Providers", new[] { "Tollgate.Endpoints", "Tollgate.Ledger", "Tollgate.Admission", "Tollgate.Settlement", "Tollgate.Tenants", "Microsoft.AspNetCore", "Microsoft.Data" })]
    [InlineData("Tollgate.Providers.Anthropic", new[] { "Tollgate.Providers.Gemini", "Tollgate.Providers.OpenAi", "Tollgate.Providers.Vertex" })]
    [InlineData("Tollgate.Providers.Gemini", new[] { "Tollgate.Providers.Anthropic", "Tollgate.Providers.OpenAi", "Tollgate.Providers.Vertex" })]
    [InlineData("Tollgate.Errors", new[] { "Tollgate.Upstream", "Tollgate.Endpoints", "Tollgate.Providers" })]
    [InlineData("Tollgate.Ledger", new[] { "Tollgate.Upstream", "Tollgate.Endpoints", "Tollgate.Providers", "Tollgate.Streaming", "Microsoft.AspNetCore" })]
    public void Folder_DependsOnNothingItHasNoBusinessWith(string folder, string[] others) =>
        Holds(Types.InAssembly(Gateway).That().ResideInNamespace(folder).ShouldNot().HaveDependencyOnAny(others));

    [Fact]
    public void Public_IsOnlyWhatAHostNeeds() => Assert.Equal(
        new[] { typeof(TollgateServices), typeof(TollgateOptions), typeof(ConfigurationException), typeof(HostSettings), typeof(GatewayEndpoint), typeof(GatewayEndpoints) }.Select(type => type.FullName).Order(StringComparer.Ordinal),
        Gateway.GetExportedTypes().Select(type => type.FullName).Order(StringComparer.Ordinal));

    [Fact]
    public void Classes_AreSealedAbstractOrStatic() => Assert.Empty(Gateway.GetTypes()
        .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !IsGenerated(type))
        .Select(type => type.FullName));

    [Fact]
    public void Interfaces_StartWithI_AndNoClassIsNamedAfterOne() => Assert.Empty(Gateway.GetTypes()
        .Where(type => type.IsInterface && type.Namespace?.StartsWith("Tollgate", StringComparison.Ordinal) == true)
        .Where(contract => contract.Name[0] != 'I' || Gateway.GetTypes().Any(type => type.Namespace == contract.Namespace && type.Name == contract.Name[1..]))
        .Select(type => type.FullName));

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.Namespace?.StartsWith("Tollgate", StringComparison.Ordinal) != true
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static void Holds(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypes?.Select(type => type.FullName) ?? []));
    }
}
