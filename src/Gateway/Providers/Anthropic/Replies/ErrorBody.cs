namespace Tollgate.Providers.Anthropic.Replies;

internal sealed class ErrorBody
{
    public ErrorDetail? Error { get; set; }
}

internal sealed class ErrorDetail
{
    public string? Type { get; set; }

    public string? Message { get; set; }
}
