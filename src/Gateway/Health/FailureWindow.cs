namespace Tollgate.Health;

/// <summary>The outcomes of the last ten seconds in slots of one, and how many failures came in a row. Thread-safe.</summary>
internal sealed class FailureWindow(TimeProvider time)
{
    /// <summary>Failures without a success in between that open a breaker.</summary>
    public const int MostInARow = 5;

    /// <summary>Outcomes in the window from which on the rate counts.</summary>
    public const int LeastForRate = 10;

    /// <summary>The part of them that opens a breaker when it failed.</summary>
    public const double MostRate = 0.5;

    private const int Slots = 10;

    private readonly Lock gate = new();
    private readonly (long Second, int Good, int Bad)[] slots = new (long, int, int)[Slots];
    private long lastAt = -Slots;
    private int row;

    /// <summary>Failures since the last success.</summary>
    public int Row => Volatile.Read(ref row);

    /// <summary>The part that succeeded lately, 0 to 1; one success is taken for granted.</summary>
    public double SuccessRate
    {
        get
        {
            if (Second() - Volatile.Read(ref lastAt) >= Slots)
            {
                return 1;
            }
            var (good, bad) = Sum();
            return (good + 1.0) / (good + bad + 1.0);
        }
    }

    /// <summary>Adds an outcome.</summary>
    /// <returns>Too much has failed.</returns>
    public bool Add(bool success)
    {
        var second = Second();
        lock (gate)
        {
            Volatile.Write(ref lastAt, second);
            ref var slot = ref slots[second % Slots];
            if (slot.Second != second)
            {
                slot = (second, 0, 0);
            }
            if (success)
            {
                slot.Good++;
                row = 0;
                return false;
            }
            slot.Bad++;
            if (++row >= MostInARow)
            {
                return true;
            }
        }
        var (good, bad) = Sum();
        return good + bad >= LeastForRate && bad >= MostRate * (good + bad);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        lock (gate)
        {
            row = 0;
            Array.Clear(slots);
        }
    }

    private (int Good, int Bad) Sum()
    {
        var oldest = Second() - Slots + 1;
        var (good, bad) = (0, 0);
        lock (gate)
        {
            foreach (ref readonly var slot in slots.AsSpan())
            {
                if (slot.Second >= oldest)
                {
                    good += slot.Good;
                    bad += slot.Bad;
                }
            }
        }
        return (good, bad);
    }

    private long Second() => time.GetUtcNow().UtcTicks / TimeSpan.TicksPerSecond;
}
