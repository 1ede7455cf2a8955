using System.IO.MemoryMappedFiles;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Ledger;

/// <summary>
/// This process's calls that have no row in the SQLite file yet, in a file of their own beside it. It is mapped into memory: what is put there outlives the
/// process, and costs no transaction. What a dead process left in such a file becomes rows when the next one starts.
/// </summary>
internal sealed class CallsUnderWay : IDisposable
{
    /// <summary>Most calls at a time.</summary>
    public const int Slots = 2048;

    /// <summary>Of a call: the length of its JSON in four bytes, 0 for none, and that JSON.</summary>
    public const int SlotBytes = 1024;

    private const int FileBytes = Slots * SlotBytes;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Slot, OpenedCall Call)> calls = new(StringComparer.Ordinal);
    private readonly Stack<int> free = new(Enumerable.Range(0, Slots).Reverse());
    private readonly FileStream file;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private bool isClosed;

    /// <param name="path">The ledger's file.</param>
    /// <exception cref="IOException">The file cannot be made, or the disk has no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public CallsUnderWay(string path)
    {
        // All of its room is taken now: a page without room on the disk would end the process.
        file = new FileStream($"{path}.{Guid.NewGuid():n}.open", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, PreallocationSize = FileBytes });
        map = MemoryMappedFile.CreateFromFile(file, mapName: null, FileBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor(0, FileBytes);
    }

    /// <summary>Hands over the calls of each dead process, and removes its file when that is done.</summary>
    /// <param name="path">The ledger's file.</param>
    /// <param name="keep">Makes rows of them.</param>
    public static void Recover(string path, Action<IReadOnlyList<OpenedCall>> keep)
    {
        var full = Path.GetFullPath(path);
        foreach (var name in Directory.EnumerateFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full) + ".*.open"))
        {
            try
            {
                using (var left = new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    keep(Read(left));
                    left.SetLength(0);
                }
                File.Delete(name);
            }
            catch (IOException)
            {
                // It is a living process's, or another one is at it.
            }
        }
    }

    /// <summary>Puts a call in, if it is not there yet.</summary>
    /// <returns>False when there is no room, or the call is too large.</returns>
    public bool TryAdd(OpenedCall call)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(call, OpenedCallJson.Default.OpenedCall);
        if (json.Length > SlotBytes - sizeof(int))
        {
            return false;
        }
        lock (gate)
        {
            if (calls.ContainsKey(call.RequestId))
            {
                return true;
            }
            if (isClosed || !free.TryPop(out var slot))
            {
                return false;
            }
            calls.Add(call.RequestId, (slot, call));
            // The length last: without it the call is not there.
            view.WriteArray((slot * SlotBytes) + sizeof(int), json, 0, json.Length);
            view.Write(slot * SlotBytes, json.Length);
            return true;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<OpenedCall> Snapshot()
    {
        lock (gate)
        {
            return [.. calls.Values.Select(entry => entry.Call)];
        }
    }

    /// <summary>Takes out calls that have a row now; others are left out of account.</summary>
    public void Remove(IEnumerable<OpenedCall> written)
    {
        lock (gate)
        {
            foreach (var call in written)
            {
                if (!isClosed && calls.Remove(call.RequestId, out var entry))
                {
                    view.Write(entry.Slot * SlotBytes, 0);
                    free.Push(entry.Slot);
                }
            }
        }
    }

    /// <summary>Closes the file, and removes it unless calls are left in it.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }
            isClosed = true;
            view.Dispose();
            map.Dispose();
            file.Dispose();
            if (calls.Count == 0)
            {
                File.Delete(file.Name);
            }
        }
    }

    private static List<OpenedCall> Read(FileStream left)
    {
        var calls = new List<OpenedCall>();
        var slot = new byte[SlotBytes];
        while (left.ReadAtLeast(slot, SlotBytes, throwOnEndOfStream: false) == SlotBytes)
        {
            var length = BitConverter.ToInt32(slot);
            if (length is > 0 and <= SlotBytes - sizeof(int) && Parse(slot.AsSpan(sizeof(int), length)) is { } call)
            {
                calls.Add(call);
            }
        }
        return calls;
    }

    /// <summary>Null where a loss of power left half of it.</summary>
    private static OpenedCall? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OpenedCallJson.Default.OpenedCall);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(OpenedCall))]
internal sealed partial class OpenedCallJson : JsonSerializerContext;
