namespace Tollgate;

/// <summary>Ids of calls: <c>req_</c> and the 32 digits of a version 7 UUID, so that they sort by time.</summary>
internal static class RequestId
{
    public static string New(DateTimeOffset now) => string.Concat("req_", Guid.CreateVersion7(now).ToString("N"));
}
