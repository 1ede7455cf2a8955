using Tollgate.Configuration;

namespace Tollgate.Secrets;

/// <summary>Reads <see cref="HostSettings.Vault"/>.</summary>
internal static class VaultAddress
{
    /// <returns>The vault; null where the setting is absent or empty.</returns>
    /// <exception cref="FormatException">The setting is no vault's URI. The message does not repeat it: it may be a secret in the wrong place.</exception>
    public static Uri? Read(string? setting)
    {
        if (string.IsNullOrWhiteSpace(setting))
        {
            return null;
        }
        return Uri.TryCreate(setting.Trim(), UriKind.Absolute, out var vault) && vault is { Scheme: "https", UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" }
            ? vault
            : throw new FormatException($"{HostSettings.Vault} is not the URI of a vault; it must be https://NAME.vault.azure.net, without path, query or credentials.");
    }
}
