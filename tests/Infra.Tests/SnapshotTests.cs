namespace Tollgate.Infra.Tests;

public sealed class SnapshotTests
{
    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Snapshot_CommittedOne_IsWhatTheBicepSays(string name)
    {
        var (status, output) = Project.Snapshot(Project.PathOf("tests", "Infra.Tests", $"{name}.bicepparam"), "validate");

        Assert.True(status == 0, $"""
            A deployment would differ from {name}.snapshot.json:
            {output}
            If that is meant: dotnet build tests/Infra.Tests -t:RenewSnapshots, and commit the difference with the change.
            """);
    }
}
