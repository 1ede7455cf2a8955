using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Tollgate;
using Tollgate.Configuration;

var file = Environment.GetEnvironmentVariable(HostSettings.ConfigurationFile) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "gateway.json");
try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.Services.AddTollgate(new TollgateOptions
    {
        Configuration = File.ReadAllBytes(file),
        ConfigurationName = file,
        DataDirectory = Path.Combine(Path.GetTempPath(), "tollgate"),
    });
    builder.Build().Run();
    return 0;
}
catch (Exception wrong) when (wrong is ConfigurationException or IOException)
{
    await Console.Error.WriteLineAsync(wrong is ConfigurationException ? wrong.Message : $"{file} cannot be read; TOLLGATE_CONFIG names it.");
    return 2;
}
