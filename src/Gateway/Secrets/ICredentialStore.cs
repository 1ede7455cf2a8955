namespace Tollgate.Secrets;

/// <summary>A place where providers' credentials are kept.</summary>
internal interface ICredentialStore
{
    /// <summary>What its references begin with, e.g. <c>env:</c>.</summary>
    string Scheme { get; }

    /// <summary>The secret behind a reference such as <c>env:OPENAI_API_KEY</c>: at once where it is known, else read. An outage is a secret with a problem.</summary>
    ValueTask<Secret> FindAsync(string reference, CancellationToken cancellationToken);

    /// <summary>The secret as the place holds it now, because its value was refused; within seconds of the last read, what that one gave.</summary>
    ValueTask<Secret> RereadAsync(string reference, CancellationToken cancellationToken);
}
