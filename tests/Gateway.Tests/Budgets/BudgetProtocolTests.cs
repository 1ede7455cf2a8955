using CsCheck;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class BudgetProtocolTests
{
    private static readonly Gen<BudgetWorld.Step> Step = Gen.Select(
        Gen.Int[0, 29], Gen.Int[0, 3], Gen.Int[0, 999], Gen.Int[0, 99], (kind, a, b, c) => new BudgetWorld.Step(kind, a, b, c));

    /// <summary>
    /// Instances that admit, settle, die and go by clocks 5 s off; messages that are doubled, late, reordered and lost; limits that rise and fall:
    /// at no step is more spent, held or granted than there is, and in the end the authority knows what was used.
    /// </summary>
    [Fact]
    public void AnySchedule_OverspendsNothing_AndComesToRest() => Gen.Select(Gen.Int[1, 4], Step.List[1, 80]).Sample(
        (count, steps) =>
        {
            var world = new BudgetWorld(count);
            foreach (var step in steps)
            {
                world.Do(step);
            }
            world.ComeToRest();
        },
        iter: 10_000,
        print: schedule => Told(schedule.Item1, schedule.Item2));

    private static string Told(int count, List<BudgetWorld.Step> steps)
    {
        var world = new BudgetWorld(count);
        try
        {
            foreach (var step in steps)
            {
                world.Do(step);
            }
            world.ComeToRest();
        }
        catch (Xunit.Sdk.XunitException)
        {
            // It is told already.
        }
        return world.Story.ToString();
    }
}
