namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>One turn: Anthropic wants user and assistant to alternate, the user first.</summary>
internal sealed class Turn(bool isUser)
{
    public bool IsUser { get; } = isUser;

    /// <summary>At least one.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>Results of tools must stand before anything else; the order is kept otherwise.</summary>
    public void PutResultsFirst()
    {
        var results = Blocks.FindAll(block => block is ToolResultBlock);
        if (results.Count > 0 && results.Count < Blocks.Count)
        {
            Blocks.RemoveAll(block => block is ToolResultBlock);
            Blocks.InsertRange(0, results);
        }
    }
}
