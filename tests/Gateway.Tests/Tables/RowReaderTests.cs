using Azure.Data.Tables;
using Tollgate.Configuration;
using Tollgate.Tables;

namespace Tollgate.Gateway.Tests.Tables;

public sealed class RowReaderTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData(null, false)]
    public void Flag_BooleanOrItsWord_IsRead(object? value, bool flag)
    {
        var reader = new RowReader(new TableEntity("p", "r") { ["F"] = value });
        Assert.Equal(flag, reader.Flag("F"));
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void List_NoJsonArrayOfTheType_IsAProblemWithItsPlace()
    {
        var reader = new RowReader(new TableEntity("p", "r") { ["L"] = "[\"a\",\n 7]" });
        Assert.Null(reader.List("L", ConfigJson.Default.ListString));
        Assert.Equal(["Column 'L' is not the JSON array it must be, or has a value of the wrong type, at byte 3 of line 2."], reader.Problems);
    }

    [Fact]
    public void Problems_ColumnThatNobodyReads_IsNamedWithThoseThatAre()
    {
        var reader = new RowReader(new TableEntity("p", "r") { ["Limit"] = "[]", ["Limits"] = "[]", ["Timestamp"] = DateTimeOffset.UnixEpoch, ["odata.etag"] = "x" });
        reader.Text("Limits");
        reader.Flag("Disabled");
        Assert.Equal(["Column 'Limit' is not a column of this version; allowed here: Limits, Disabled."], reader.Problems);
    }
}
