namespace Tollgate.Tables;

/// <summary>A table cannot be read. The message is one sentence for the operator: it names TOLLGATE_TABLES and its host, and no secret.</summary>
internal sealed class TableUnavailableException(string message) : Exception(message);
