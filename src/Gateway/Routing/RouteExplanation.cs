using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>All that a plan goes by.</summary>
/// <param name="Call">The call.</param>
/// <param name="Asked">Those that may be asked, in their order.</param>
/// <param name="Excluded">Those that may not, by tier and place.</param>
internal sealed record RouteExplanation(IncomingCall Call, IReadOnlyList<Candidate> Asked, IReadOnlyList<Candidate> Excluded);
