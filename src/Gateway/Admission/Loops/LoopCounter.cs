namespace Tollgate.Admission.Loops;

/// <summary>
/// How often each prompt came within the last minute: what came in this minute of the clock, and of the minute before it the part that is not
/// a minute ago yet, as if it had been spread evenly. Thread-safe.
/// </summary>
internal sealed class LoopCounter(TimeProvider time)
{
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Different prompts of one minute that are counted; others beyond are not.</summary>
    private const int MostPrompts = 100_000;

    private readonly Lock gate = new();
    private Dictionary<PromptHash, int> present = [];
    private Dictionary<PromptHash, int> past = [];
    private long presentMinute;

    /// <summary>Counts one more.</summary>
    /// <returns>How many there were within the last minute, this one included.</returns>
    public int Add(PromptHash prompt)
    {
        var now = time.GetUtcNow().UtcTicks;
        var minute = now / Minute.Ticks;
        lock (gate)
        {
            Turn(minute);
            var count = present.GetValueOrDefault(prompt);
            if (count > 0 || present.Count < MostPrompts)
            {
                present[prompt] = ++count;
            }
            var remaining = 1 - ((double)(now % Minute.Ticks) / Minute.Ticks);
            return count + (int)(past.GetValueOrDefault(prompt) * remaining);
        }
    }

    private void Turn(long minute)
    {
        if (minute == presentMinute)
        {
            return;
        }
        (past, present) = (present, past);
        present.Clear();
        if (minute != presentMinute + 1)
        {
            past.Clear();
        }
        presentMinute = minute;
    }
}
