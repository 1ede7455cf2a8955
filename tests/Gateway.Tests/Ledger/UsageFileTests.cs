using Microsoft.Extensions.Logging.Abstractions;
using Tollgate.Configuration;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class UsageFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-usage-file");

    [Fact]
    public async Task Open_NewDirectory_IsMade()
    {
        await using var ledger = Open(Path.Combine(folder.FullName, "a", "b"));
        Assert.Null(ledger.Problem);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "a", "b", "usage.db")));
    }

    [Fact]
    public void Open_DirectoryThatIsAFile_NamesTheSetting()
    {
        var file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");
        Assert.Contains("'dataDirectory'", Assert.Throws<ConfigurationException>(() => Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_NamesTheSetting()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "usage.db"), new string('x', 4096));
        Assert.Contains("usage.db cannot be opened", Assert.Throws<ConfigurationException>(() => Open(folder.FullName)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static SqliteUsageLedger Open(string directory) => UsageFile.Open(directory, TimeProvider.System, NullLogger<SqliteUsageLedger>.Instance);
}
