using System.Text;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class CallsUnderWayTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("tollgate-open-").FullName;

    private string Ledger => Path.Combine(directory, "usage.db");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Recover_AfterADeath_HasEachCallAsItWas()
    {
        var call = Call("公司", new string('u', 200), ["l1", "l2"]);
        using (var calls = new CallsUnderWay(Ledger))
        {
            Assert.True(calls.TryAdd(call));
            Assert.True(calls.TryAdd(call));
            Assert.True(calls.TryAdd(Call("done")));
            calls.Remove([calls.Snapshot().Single(other => other.Tenant == "done"), Call("unknown")]);
        }
        Assert.Equivalent(call, Assert.Single(Recover()), strict: true);
        Assert.Empty(Recover());
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public void Recover_OfALivingProcess_IsLeftAlone()
    {
        using var calls = new CallsUnderWay(Ledger);
        calls.TryAdd(Call("acme"));
        Assert.Empty(Recover());
        Assert.Single(Directory.GetFiles(directory));
    }

    [Fact]
    public void Recover_RowsCannotBeWritten_KeepsThem()
    {
        using (var calls = new CallsUnderWay(Ledger))
        {
            calls.TryAdd(Call("acme"));
        }
        Assert.Throws<InvalidOperationException>(() => CallsUnderWay.Recover(Ledger, _ => throw new InvalidOperationException()));
        Assert.Single(Recover());
    }

    [Theory]
    [InlineData(0, "{\"RequestId\":")]
    [InlineData(0, "{}")]
    [InlineData(2000, "")]
    [InlineData(-1, "")]
    public void Recover_HalfWritten_IsSkipped(int length, string json)
    {
        using (var calls = new CallsUnderWay(Ledger))
        {
            calls.TryAdd(Call("first"));
            calls.TryAdd(Call("second"));
        }
        using (var file = File.OpenWrite(Directory.GetFiles(directory).Single()))
        {
            file.Write(BitConverter.GetBytes(length == 0 ? json.Length : length));
            file.Write(Encoding.UTF8.GetBytes(json));
        }
        Assert.Equal("second", Assert.Single(Recover()).Tenant);
    }

    [Fact]
    public void TryAdd_NoRoom_IsFalse_UntilOneIsTakenOut()
    {
        using var calls = new CallsUnderWay(Ledger);
        var all = Enumerable.Range(0, CallsUnderWay.Slots).Select(_ => Call("acme")).ToList();
        Assert.All(all, call => Assert.True(calls.TryAdd(call)));
        var more = Call("acme");
        Assert.False(calls.TryAdd(more));
        calls.Remove([all[7]]);
        Assert.True(calls.TryAdd(more));
        Assert.Equal(CallsUnderWay.Slots, calls.Snapshot().Count);
    }

    [Fact]
    public void TryAdd_TooLarge_IsFalse()
    {
        using var calls = new CallsUnderWay(Ledger);
        Assert.False(calls.TryAdd(Call(new string('t', CallsUnderWay.SlotBytes))));
        Assert.Empty(calls.Snapshot());
    }

    [Fact]
    public void TryAdd_Closed_IsFalse()
    {
        var calls = new CallsUnderWay(Ledger);
        calls.Dispose();
        Assert.False(calls.TryAdd(Call("acme")));
        calls.Remove([Call("acme")]);
        calls.Dispose();
        Assert.Empty(Directory.GetFiles(directory));
    }

    private List<OpenedCall> Recover()
    {
        var found = new List<OpenedCall>();
        CallsUnderWay.Recover(Ledger, found.AddRange);
        return found;
    }

    private static OpenedCall Call(string tenant, string? user = null, IReadOnlyList<string>? leases = null) => new()
    {
        RequestId = RequestId.New(Some.Now),
        OpenedAt = Some.Now,
        ReservedAt = Some.Now.AddMilliseconds(1.5),
        Tenant = tenant,
        Key = "dev",
        Model = "m",
        User = user,
        Leases = leases ?? [],
        BoundTokens = 20,
        BoundMicroUsd = 30,
        Unchecked = true,
    };
}
