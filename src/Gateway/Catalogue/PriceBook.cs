namespace Tollgate.Catalogue;

/// <summary>What a model costs over time.</summary>
/// <param name="version">Names these entries and no others: it stands on every usage row.</param>
/// <param name="entries">At least one, ascending. The first is in force from the beginning of time on.</param>
internal sealed class PriceBook(string version, params IReadOnlyList<DatedPrice> entries)
{
    public string Version => version;

    public IReadOnlyList<DatedPrice> Entries => entries;

    /// <summary>The price in force for a call that was opened then.</summary>
    public ModelPrice At(DateTimeOffset opened)
    {
        var i = entries.Count - 1;
        while (i > 0 && entries[i].From > opened)
        {
            i--;
        }
        return entries[i].Price;
    }
}

/// <summary>A price and the first moment that it is in force.</summary>
internal sealed record DatedPrice(DateTimeOffset From, ModelPrice Price);
