namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>The cases of the theories: wires, and each wire whole and streamed.</summary>
internal static class Lanes
{
    public static readonly string[] Wires = ["openai", "anthropic", "gemini"];

    private static readonly bool[] Modes = [false, true];

    /// <summary>Each wire with each of the values.</summary>
    public static TheoryData<string, string> OfWires(params string[] values)
    {
        var cases = new TheoryData<string, string>();
        foreach (var wire in Wires)
        {
            foreach (var value in values)
            {
                cases.Add(wire, value);
            }
        }
        return cases;
    }

    /// <summary>Each wire, whole and streamed, with each of the values.</summary>
    public static TheoryData<string, bool, string> Of(params string[] values)
    {
        var cases = new TheoryData<string, bool, string>();
        foreach (var wire in Wires)
        {
            foreach (var stream in Modes)
            {
                foreach (var value in values)
                {
                    cases.Add(wire, stream, value);
                }
            }
        }
        return cases;
    }
}
