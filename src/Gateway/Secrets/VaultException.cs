namespace Tollgate.Secrets;

/// <summary>The vault did not say what it holds. The message is a clause for a sentence about a credential; it repeats nothing of the vault's answer.</summary>
internal sealed class VaultException(string reason) : Exception(reason);
