namespace Tollgate.Simulator.Tests.Recording;

public sealed class RecordedRequestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnAborted_AfterTheServersOwnCut_IsNoAbort(bool cutByServer)
    {
        var changes = 0;
        var record = new RecordedRequest(_ => changes++)
        {
            Method = "POST",
            Path = "/",
            Query = "",
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase),
            Body = default,
            BodyLength = 0,
            Model = "",
            Time = default,
        };
        if (cutByServer)
            record.OnCutByServer();
        record.OnAborted();
        record.OnAborted();
        Assert.Equal(!cutByServer, record.Aborted);
        Assert.Equal(cutByServer ? 0 : 1, changes);
    }
}
