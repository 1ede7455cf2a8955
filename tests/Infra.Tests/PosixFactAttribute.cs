namespace Tollgate.Infra.Tests;

/// <summary>A test of what Windows does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "For POSIX systems." : null!;
}
