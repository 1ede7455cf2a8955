using System.Diagnostics;

namespace Tollgate.Infra.Tests;

/// <summary>Runs a script of infra/hooks with an <c>az</c> that only writes down what it was asked for.</summary>
internal sealed class HookRun : IDisposable
{
    /// <summary>Keeps its arguments, one a line, and what a --file held; fails once with each *.refusal there is, in the order of their names.</summary>
    private const string Az = """
        #!/bin/sh
        printf '%s\n' "$@" >> "$STUB/arguments"
        for refusal in "$STUB"/*.refusal; do
            [ -f "$refusal" ] || continue
            cat "$refusal" >&2
            rm "$refusal"
            exit 1
        done
        while [ $# -gt 0 ]; do
            if [ "$1" = --file ]; then
                cat "$2" >> "$STUB/stored"
                ls -l "$2" | cut -c 1-10 > "$STUB/mode"
            fi
            shift
        done
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-hook");
    private readonly Dictionary<string, string> environment = [];

    public HookRun()
    {
        Program("az", Az);
        Program("sleep", "#!/bin/sh\necho \"$@\" >> \"$STUB/sleeps\"\n");
        folder.CreateSubdirectory("tmp");
    }

    public string Arguments => Read("arguments");

    public string Stored => Read("stored");

    public string Mode => Read("mode").Trim();

    public string Sleeps => Read("sleeps");

    public bool LeftFilesBehind => Directory.EnumerateFileSystemEntries(Path.Combine(folder.FullName, "tmp")).Any();

    public string this[string variable] { set => environment[variable] = value; }

    public HookRun Refusing(params string[] messages)
    {
        for (var i = 0; i < messages.Length; i++)
            File.WriteAllText(Path.Combine(folder.FullName, $"{i:00}.refusal"), messages[i]);
        return this;
    }

    public (int Status, string Output) Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("sh", [Project.PathOf("infra", "hooks", script), .. arguments]);
        start.Environment.Remove("OPENAI_KEY");
        start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["STUB"] = folder.FullName;
        start.Environment["TMPDIR"] = Path.Combine(folder.FullName, "tmp");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Project.Run(start);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Read(string file) => Path.Combine(folder.FullName, file) is var path && File.Exists(path) ? File.ReadAllText(path) : "";

    private void Program(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
