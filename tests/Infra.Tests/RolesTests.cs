using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>Who may do what, and where: no more and no less.</summary>
public sealed class RolesTests
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
    };

    private static readonly string[] Gateway =
    [
        "gateway: Key Vault Secrets User on vaults 1",
        "gateway: Monitoring Metrics Publisher on components 1",
        "gateway: Storage Blob Data Owner on storageAccounts 1",
        "gateway: Storage Queue Data Contributor on storageAccounts 1",
        "gateway: Storage Table Data Contributor on storageAccounts 1",
    ];

    [Fact]
    public void Roles_Defaults_AreExactlyThese()
    {
        Assert.Equal(
            [
                .. Gateway,
                "operator: Key Vault Secrets Officer on vaults 1",
                "operator: Storage Table Data Contributor on storageAccounts 1",
            ],
            AssignmentsOf(Prediction.Main));
    }

    [Fact]
    public void Roles_EveryOptionAndNoPrincipal_AreExactlyThese()
    {
        string[] expected =
        [
            .. Gateway,
            "gateway: Durable Task Data Contributor on taskHubs 1",
            "gateway: Storage Blob Data Owner on storageAccounts 2",
            "gateway: Storage Queue Data Contributor on storageAccounts 2",
            "gateway: Storage Table Data Contributor on storageAccounts 2",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), AssignmentsOf(Prediction.Full));
    }

    private static string[] AssignmentsOf(Prediction prediction)
    {
        // A resource is named by its type and its place among those of its type: names are made from hashes.
        var places = prediction.Resources.GroupBy(resource => (string)resource["type"]!)
            .SelectMany(type => type.Select((resource, i) => (Id: (string)resource["id"]!, Name: $"{type.Key.Split('/')[^1]} {i + 1}")))
            .DistinctBy(place => place.Id)
            .ToDictionary(place => place.Id, place => place.Name);
        var identity = (string)Assert.Single(prediction.OfType("Microsoft.ManagedIdentity/userAssignedIdentities"))["id"]!;
        return
        [
            .. prediction.OfType("Microsoft.Authorization/roleAssignments")
                .Select(assignment => $"{Who(assignment, identity)}: {Role(assignment)} on {places[Scope(assignment)]}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Who(JsonNode assignment, string identity)
    {
        var principal = (string)assignment["properties"]!["principalId"]!;
        var type = (string)assignment["properties"]!["principalType"]!;
        return (principal, type) switch
        {
            ("11111111-1111-1111-1111-111111111111", "User") => "operator",
            (var reference, "ServicePrincipal") when reference == $"[reference('{identity}', '2024-11-30').principalId]" => "gateway",
            _ => $"{type} {principal}",
        };
    }

    private static string Role(JsonNode assignment)
    {
        var id = ((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1];
        return Roles.GetValueOrDefault(id, id);
    }

    private static string Scope(JsonNode assignment)
    {
        var id = (string)assignment["id"]!;
        return id[..id.LastIndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];
    }
}
