using System.Reflection;
using Tollgate.Gateway.Tests.Errors;

namespace Tollgate.Gateway.Tests.Wire;

/// <summary>No rule of the wire is without its test: transcripts for A to D, tests by name for E and F.</summary>
public sealed class WireRulesTests
{
    /// <summary>The tables' letters and how many rules each has.</summary>
    private static readonly (char Table, int Rules)[] Tables = [('A', 15), ('B', 4), ('C', 8), ('D', 4)];

    /// <summary>A test's name starts so.</summary>
    private static readonly string[] Named =
    [
        "E_RetryAfter",
        "E_ShouldRetry",
        "E_GatewaysOwnBudget",
        "F_AzuresEmptyFirstChunk",
        "F_ErrorInsideA200",
        "F_ErrorInsideAStream",
        "F_ReasoningModels",
        "F_CutStream",
        "F_DoneMissing",
        "F_MalformedChunk",
        "F_UnknownFieldsPass",
        "F_SameWire",
    ];

    /// <summary>The rows of table E about an upstream: cases of <see cref="FailureTableTests.E_Row"/>.</summary>
    private static readonly string[] Rows =
    [
        "400, INVALID_ARGUMENT",
        "context overflow",
        "content filter / policy",
        "401, 402, 403",
        "404 model",
        "413",
        "429, slow_down, RESOURCE_EXHAUSTED",
        "insufficient_quota, credit exhausted",
        "529, 503 overloaded",
        "504, timeout",
    ];

    public static TheoryData<string> Rules => [.. RuleIds()];

    public static TheoryData<string> NamedRules => [.. Named];

    public static TheoryData<string> FailureRows => [.. Rows];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_HasATranscript(string rule) =>
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wire"), $"{rule}-*", SearchOption.AllDirectories));

    [Theory]
    [MemberData(nameof(NamedRules))]
    public void Rule_HasATestOfItsName(string rule) => Assert.Contains(Tests(), test => test.Name.StartsWith(rule, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(FailureRows))]
    public void Row_IsACaseOfTheTablesTest(string row) => Assert.Contains(
        typeof(FailureTableTests).GetMethod(nameof(FailureTableTests.E_Row))!.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(null!)),
        values => (string)values[0] == row);

    [Fact]
    public void EveryTranscript_BelongsToARule()
    {
        var rules = RuleIds().ToHashSet(StringComparer.Ordinal);
        Assert.All(
            Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wire"), "*.*", SearchOption.AllDirectories),
            file => Assert.Contains(Path.GetFileName(file).Split('-')[0], rules));
    }

    private static IEnumerable<string> RuleIds() => Tables.SelectMany(table => Enumerable.Range(1, table.Rules).Select(rule => $"{table.Table}.{rule}"));

    private static IEnumerable<MethodInfo> Tests() =>
        typeof(WireRulesTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(FactAttribute), inherit: true));
}
