namespace Tollgate.Simulator.Wires;

/// <summary>Thrown while a request is read, if the real API would refuse it.</summary>
internal sealed class RejectedException(Rejection rejection) : Exception(rejection.Message)
{
    public Rejection Rejection { get; } = rejection;

    /// <summary>A malformed or forbidden request.</summary>
    public static RejectedException Invalid(string message, string? param = null) => new(Rejection.Invalid(message, param));
}
