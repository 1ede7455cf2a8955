using System.Text;
using Tollgate.Configuration;

namespace Tollgate.Gateway.Tests.Configuration;

public sealed class ConfigValidatorTests
{
    private const string LongName = "n01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567";

    [Fact]
    public void Check_Sound_HasNoProblem() => Assert.NotNull(Read(Samples.Sound));

    /// <summary>Where, what stands there, and the whole sentence that says so. Rules that a JSON schema can hold as well.</summary>
    public static TheoryData<string, string?, string> Rules => new()
    {
        { "surprise", "1", "'surprise' is not a setting of this version; allowed here: $schema, providers, deployments, models, tenants, alerts, admin, dataDirectory, maxRequestBytes, retention." },
        { "maxRequestBytes", "1023", "'maxRequestBytes' is 1023; it must be from 1024 to 1073741824." },
        { "maxRequestBytes", "1073741825", "'maxRequestBytes' is 1073741825; it must be from 1024 to 1073741824." },
        { "retention usageDays", "30", "'retention.usageDays' is 30; it must be from 31 to 36500." },
        { "retention usageDays", "36501", "'retention.usageDays' is 36501; it must be from 31 to 36500." },
        { "retention usageDays", null, "'retention.usageDays' is missing; it must be from 31 to 36500." },
        { "retention dailyMonths", "1201", "'retention.dailyMonths' is 1201; it must be from 2 to 1200." },
        { "retention surprise", "1", "'retention.surprise' is not a setting of this version; allowed here: usageDays, dailyMonths." },
        { "models", "{}", "'models' is empty; at least one model with one tier of targets is needed." },
        { "providers local kind", "\"bedrock\"", "'providers.local.kind' is 'bedrock'; it must be one of openai, azure-openai, anthropic, gemini, vertex." },
        { "providers local kind", null, "'providers.local.kind' is missing; it must be one of openai, azure-openai, anthropic, gemini, vertex." },
        { "providers local apiKey", "\"sk-secret\"", "'providers.local.apiKey' is not a setting of this version; allowed here: kind, endpoint, credential, apiVersion, project, location." },
        { "providers local endpoint", null, "'providers.local.endpoint' is missing; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"api.openai.com\"", "'providers.local.endpoint' is 'api.openai.com'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"ftp://x.example\"", "'providers.local.endpoint' is 'ftp://x.example'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"https://u:p@x.example\"", "'providers.local.endpoint' is 'https://u:p@x.example'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"https://x.example?a=1\"", "'providers.local.endpoint' is 'https://x.example?a=1'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"https://x.example/#a\"", "'providers.local.endpoint' is 'https://x.example/#a'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers local endpoint", "\"http://x.example\"", "'providers.local.endpoint' is 'http://x.example'; it must be https, for anything but a loopback address." },
        { "providers azure endpoint", null, "'providers.azure.endpoint' is missing; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers anthropic endpoint", "\"x\"", "'providers.anthropic.endpoint' is 'x'; it must be an absolute http(s) URL without credentials, query or fragment." },
        { "providers openai credential", "\"sk-secret\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "\"env:\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "\"env:sk-secret\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "\"kv:\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "\"kv:sk-secret_x\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", $"\"kv:sk-secret{new string('a', 119)}\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "\"KV:openai-key\"", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "[\"env:A\", \"sk-secret\"]", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "[null]", "'providers.openai.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "providers openai credential", "[]", "'providers.openai.credential' is empty; it must be env:NAME, kv:NAME or a list of such." },
        { "providers anthropic credential", null, "'providers.anthropic.credential' is missing; it must be env:NAME, kv:NAME or a list of such." },
        { "providers gemini credential", null, "'providers.gemini.credential' is missing; it must be env:NAME, kv:NAME or a list of such." },
        { "providers gemini credential", "[]", "'providers.gemini.credential' is empty; it must be env:NAME, kv:NAME or a list of such." },
        { "providers vertex project", null, "'providers.vertex.project' is missing; it must be the Google Cloud project." },
        { "providers vertex project", "\" \"", "'providers.vertex.project' is missing; it must be the Google Cloud project." },
        { "providers vertex location", null, "'providers.vertex.location' is missing; it must be a location such as us-east5 or global." },
        { "providers vertex location", "\"日本\"", "'providers.vertex.location' is '日本'; it must be 1 to 128 characters of printable ASCII." },
        { "deployments d surprise", "1", "'deployments.d.surprise' is not a setting of this version; allowed here: provider, model, region, contextWindow, maxOutput, capabilities, acceptsPrefill, price, prices, serviceTier, timeouts." },
        { "deployments d provider", null, "'deployments.d.provider' is missing; providers has openai, local, azure, anthropic, gemini, vertex." },
        { "deployments d model", null, "'deployments.d.model' is missing; it must be the model's id at the provider." },
        { "deployments d model", "\"\"", "'deployments.d.model' is missing; it must be the model's id at the provider." },
        { "deployments e/1.0:x_y-z region", "\"\"", "'deployments.e/1.0:x_y-z.region' is ''; it must be 1 to 128 characters of printable ASCII." },
        { "deployments e/1.0:x_y-z region", "\"a\\nb\"", "'deployments.e/1.0:x_y-z.region' is 'a\nb'; it must be 1 to 128 characters of printable ASCII." },
        { "deployments d contextWindow", "0", "'deployments.d.contextWindow' is 0; it must be from 1 to 100000000." },
        { "deployments d contextWindow", "100000001", "'deployments.d.contextWindow' is 100000001; it must be from 1 to 100000000." },
        { "deployments d maxOutput", "0", "'deployments.d.maxOutput' is 0; it must be from 1 to 10000000." },
        { "deployments d maxOutput", "10000001", "'deployments.d.maxOutput' is 10000001; it must be from 1 to 10000000." },
        { "deployments d capabilities 0", "\"smell\"", "'deployments.d.capabilities' is 'smell'; it must be one of tools, vision, pdf, audio, jsonSchema, reasoning, prefill, urlImages." },
        { "deployments d capabilities 0", "null", "'deployments.d.capabilities' is missing; it must be one of tools, vision, pdf, audio, jsonSchema, reasoning, prefill, urlImages." },
        { "deployments d price input", null, "'deployments.d.price.input' is missing; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price output", null, "'deployments.d.price.output' is missing; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price input", "-0.1", "'deployments.d.price.input' is -0.1; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price cachedInput", "-1", "'deployments.d.price.cachedInput' is -1; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price cacheWrite5m", "1000001", "'deployments.d.price.cacheWrite5m' is 1000001; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price cacheWrite1h", "-1", "'deployments.d.price.cacheWrite1h' is -1; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price surprise", "{}", "'deployments.d.price.surprise' is not a setting of this version; allowed here: from, longContext, tiers, input, output, cachedInput, cacheWrite5m, cacheWrite1h, reasoning, audioInput, cachedAudioInput, audioOutput, imageInput, imageOutput." },
        { "deployments d serviceTier", "\"flex\"", "'deployments.d.serviceTier' is 'flex'; it must be one of default, priority." },
        { "deployments d prices", "[{ \"input\": 1, \"output\": 1 }]", "'deployments.d' has both 'price' and 'prices'; one of them is enough." },
        { "deployments d price imageOutput", "-1", "'deployments.d.price.imageOutput' is -1; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price tiers", "{ \"slow\": { \"times\": 1 } }", "'deployments.d.price.tiers' is 'slow'; it must be one of batch, flex, priority, ultrafast." },
        { "deployments d price tiers", "{ \"flex\": { } }", "'deployments.d.price.tiers.flex.input' is missing; it must be USD per million tokens, 0 to 1000000." },
        { "deployments d price tiers", "{ \"flex\": { \"times\": -1 } }", "'deployments.d.price.tiers.flex.times' is -1; it must be a multiple of the standard price, 0 to 1000." },
        { "deployments d price tiers", "{ \"flex\": { \"times\": 1, \"output\": 1 } }", "'deployments.d.price.tiers.flex' has both 'times' and prices of its own; it must have one of them." },
        { "deployments d price longContext", "[{ \"input\": 1, \"output\": 1 }]", "'deployments.d.price.longContext[0].above' is missing; it must be from 1 to 100000000." },
        { "deployments d price longContext", "[{ \"above\": 1, \"output\": 1 }]", "'deployments.d.price.longContext[0].input' is missing; it must be USD per million tokens, 0 to 1000000." },
        { "deployments e/1.0:x_y-z prices", "[]", "'deployments.e/1.0:x_y-z.prices' is empty; it must be a list of prices, the first without 'from'." },
        { "deployments e/1.0:x_y-z prices 1 from", "\"2027-1-1\"", "'deployments.e/1.0:x_y-z.prices[1].from' is '2027-1-1'; it must be a day such as 2027-01-31, later than that of the price before." },
        { "deployments e/1.0:x_y-z prices 1", "null", "'deployments.e/1.0:x_y-z.prices[1]' is null; it must be an object." },
        { "deployments d timeouts connectMs", "0", "'deployments.d.timeouts.connectMs' is 0; it must be from 1 to 60000." },
        { "deployments d timeouts connectMs", "60001", "'deployments.d.timeouts.connectMs' is 60001; it must be from 1 to 60000." },
        { "deployments d timeouts firstTokenMs", "0", "'deployments.d.timeouts.firstTokenMs' is 0; it must be from 1 to 3600000." },
        { "deployments d timeouts idleMs", "3600001", "'deployments.d.timeouts.idleMs' is 3600001; it must be from 1 to 3600000." },
        { "deployments d timeouts totalMs", "0", "'deployments.d.timeouts.totalMs' is 0; it must be from 1 to 3600000." },
        { "deployments d timeouts ms", "0", "'deployments.d.timeouts.ms' is not a setting of this version; allowed here: connectMs, firstTokenMs, idleMs, totalMs." },
        { "models m rules", "[]", "'models.m.rules' is not a setting of this version; allowed here: tiers." },
        { "models m tiers", null, "'models.m.tiers' is missing; it must be a list of tiers, each with 'targets'." },
        { "models m tiers", "[]", "'models.m.tiers' is missing; it must be a list of tiers, each with 'targets'." },
        { "models m tiers 0", "null", "'models.m.tiers[0]' is null; it must be an object." },
        { "models m tiers 0 weight", "1", "'models.m.tiers[0].weight' is not a setting of this version; allowed here: strategy, targets, weights." },
        { "models m tiers 0 targets", null, "'models.m.tiers[0].targets' is missing; it must be a list of deployment names." },
        { "models m tiers 0 targets", "[]", "'models.m.tiers[0].targets' is missing; it must be a list of deployment names." },
        { "models m tiers 1 targets 0", "null", "'models.m.tiers[1].targets' is missing; deployments has d, e/1.0:x_y-z." },
        { "tenants acme redaction", "{}", "'tenants.acme.redaction' is not a setting of this version; allowed here: keys, usageReaders, limits, timeZone, onBudgetOutage, onLedgerOutage, loops, models, regions, deployments, timeoutMs, onContentFilter, strict." },
        { "tenants acme keys dev", "\"sk-secret\"", "'tenants.acme.keys.dev' is not a reference; it must be env:NAME or sha256:HEX." },
        { "tenants acme keys dev", "null", "'tenants.acme.keys.dev' is not a reference; it must be env:NAME or sha256:HEX." },
        { "tenants acme keys dev", "\"kv:x\"", "'tenants.acme.keys.dev' names a Key Vault secret, where only providers' credentials are kept; it must be env:NAME or sha256:HEX." },
        { "tenants acme limits 0", "null", "'tenants.acme.limits[0]' is null; it must be an object." },
        { "tenants acme limits 0 unit", "\"euros\"", "'tenants.acme.limits[0].unit' is 'euros'; it must be one of requests, tokens, microUsd, concurrency." },
        { "tenants acme limits 0 unit", null, "'tenants.acme.limits[0].unit' is missing; it must be one of requests, tokens, microUsd, concurrency." },
        { "tenants acme limits 1 window", "\"week\"", "'tenants.acme.limits[1].window' is 'week'; it must be one of minute, hour, day, month, total." },
        { "tenants acme limits 1 amount", "-1", "'tenants.acme.limits[1].amount' is -1; it must be from 0 to 9007199254740991." },
        { "tenants acme limits 1 amount", "9007199254740992", "'tenants.acme.limits[1].amount' is 9007199254740992; it must be from 0 to 9007199254740991." },
        { "tenants acme limits 1 amount", null, "'tenants.acme.limits[1].amount' is missing; it must be from 0 to 9007199254740991." },
        { "tenants acme limits 1 per", "1", "'tenants.acme.limits[1].per' is not a setting of this version; allowed here: unit, window, amount, scope." },
        { "tenants acme limits 1 window", null, "'tenants.acme.limits[1].window' is missing; it must be one of minute, hour, day, month, total." },
        { "tenants acme limits 1 unit", "\"concurrency\"", "'tenants.acme.limits[1].window' is 'total'; a limit of concurrency has no window." },
        { "tenants acme limits 1 scope", "\"world\"", "'tenants.acme.limits[1].scope' is 'world'; it must be one of tenant, key, user." },
        { "tenants acme onBudgetOutage", "\"hope\"", "'tenants.acme.onBudgetOutage' is 'hope'; it must be one of refuse, allow." },
        { "tenants acme onLedgerOutage", "\"hope\"", "'tenants.acme.onLedgerOutage' is 'hope'; it must be one of refuse, allow." },
        { "tenants acme loops slowAfter", "1", "'tenants.acme.loops.slowAfter' is 1; it must be from 2 to 100000." },
        { "tenants acme loops refuseAfter", "100001", "'tenants.acme.loops.refuseAfter' is 100001; it must be from 2 to 100000." },
        { "tenants acme loops after", "2", "'tenants.acme.loops.after' is not a setting of this version; allowed here: slowAfter, refuseAfter." },
        { "tenants acme timeoutMs", "0", "'tenants.acme.timeoutMs' is 0; it must be from 1 to 3600000." },
        { "tenants acme timeoutMs", "3600001", "'tenants.acme.timeoutMs' is 3600001; it must be from 1 to 3600000." },
        { "tenants acme onContentFilter", "\"hope\"", "'tenants.acme.onContentFilter' is 'hope'; it must be one of pass, otherProvider." },
        { "tenants acme deployments 0", "null", "'tenants.acme.deployments' is missing; deployments has d, e/1.0:x_y-z." },
        { "models m tiers 0 strategy", "\"random\"", "'models.m.tiers[0].strategy' is 'random'; it must be one of priority, weighted, lowest-latency, lowest-cost, most-available." },
        { "models m tiers 0 weights", "{ \"d\": 1 }", "'models.m.tiers[0].weights' goes with the strategy 'weighted' only; that of the tier is 'priority'." },
        { "models m tiers 1 weights d", "0", "'models.m.tiers[1].weights.d' is 0; it must be from 1 to 1000." },
        { "models m tiers 1 weights d", "1001", "'models.m.tiers[1].weights.d' is 1001; it must be from 1 to 1000." },
        { "tenants acme models 0", "null", "'tenants.acme.models' is missing; models has m." },
        { "tenants two\u00A0words", "{}", "'tenants.two\u00A0words' is not a usable name; letters, digits and . _ : / - are allowed, 1 to 128 of them." },
        { "tenants " + LongName, "{}", "'tenants." + LongName[..80] + "…' is not a usable name; letters, digits and . _ : / - are allowed, 1 to 128 of them." },
        { "alerts webhook", null, "'alerts.webhook' is missing; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts webhook", "\"hooks.example.com\"", "'alerts.webhook' is not usable; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts webhook", "\"http://hooks.example.com/sk-secret\"", "'alerts.webhook' is not usable; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts webhook", "\"https://u:sk-secret@hooks.example.com\"", "'alerts.webhook' is not usable; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts webhook", "\"https://hooks.example.com#sk-secret\"", "'alerts.webhook' is not usable; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts webhook", "\"ftp://127.0.0.1/\"", "'alerts.webhook' is not usable; it must be an absolute https URL without credentials or fragment, or http on a loopback address." },
        { "alerts secret", "\"sk-secret\"", "'alerts.secret' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "alerts email", "1", "'alerts.email' is not a setting of this version; allowed here: webhook, secret." },
        { "admin secret", null, "'admin.secret' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "admin secret", "\"sk-secret\"", "'admin.secret' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, that of a Key Vault secret: 1 to 127 letters, digits and hyphens." },
        { "admin secret", "\"sha256:sk-secret\"", "'admin.secret' is not a SHA-256 hash; it must be sha256: and 64 hexadecimal digits." },
        { "admin user", "1", "'admin.user' is not a setting of this version; allowed here: secret." },
        { "tenants acme", "null", "'tenants.acme' is null; it must be an object." },
    };

    /// <summary>Names that must exist elsewhere in the file: beyond a schema.</summary>
    public static TheoryData<string, string?, string> References => new()
    {
        { "tenants acme loops refuseAfter", "2", "'tenants.acme.loops.refuseAfter' is 2 and 'tenants.acme.loops.slowAfter' 2; calls are slowed before they are refused, so that it must be more." },
        { "deployments d price from", "\"2027-01-01\"", "'deployments.d.price.from' is '2027-01-01'; a price with a date belongs into the list 'prices'." },
        { "deployments e/1.0:x_y-z prices 0 from", "\"2026-01-01\"", "'deployments.e/1.0:x_y-z.prices[0].from' is '2026-01-01'; the first price has no date, it is in force until the second one's." },
        { "deployments e/1.0:x_y-z prices 1 from", null, "'deployments.e/1.0:x_y-z.prices[1].from' is missing; it must be a day such as 2027-01-31, later than that of the price before." },
        { "deployments e/1.0:x_y-z prices 2 from", "\"2027-01-01\"", "'deployments.e/1.0:x_y-z.prices[2].from' is '2027-01-01'; it must be a day such as 2027-01-31, later than that of the price before." },
        { "deployments e/1.0:x_y-z prices 0 longContext 1 above", "1", "'deployments.e/1.0:x_y-z.prices[0].longContext[1].above' is 1; it must be from 2 to 100000000." },
        { "deployments d provider", "\"nope\"", "'deployments.d.provider' is 'nope'; providers has openai, local, azure, anthropic, gemini, vertex." },
        { "models m tiers 1 weights nope", "1", "'models.m.tiers[1].weights' is 'nope'; its 'targets' has d." },
        { "tenants acme deployments 0", "\"nope\"", "'tenants.acme.deployments' is 'nope'; deployments has d, e/1.0:x_y-z." },
        { "models m tiers 1 targets 0", "\"nope\"", "'models.m.tiers[1].targets' is 'nope'; deployments has d, e/1.0:x_y-z." },
        { "tenants acme models 0", "\"nope\"", "'tenants.acme.models' is 'nope'; models has m." },
        { "tenants acme usageReaders", "[\"nope\"]", "'tenants.acme.usageReaders' is 'nope'; its 'keys' has dev, ci." },
        { "tenants acme timeZone", "\"Mars/Olympus\"", "'tenants.acme.timeZone' is 'Mars/Olympus'; it must be the IANA name of a time zone, such as Europe/Berlin." },
        { "tenants acme regions 0", "\"mars\"", "'tenants.acme.regions' is 'mars'; the deployments' regions has East US, ." },
        { "retention dailyMonths", "15", "'retention.dailyMonths' is 15, which may be less than the 400 days of 'retention.usageDays'; it must be at least 16." },
    };

    /// <summary>Values of a type that the setting does not take.</summary>
    public static TheoryData<string, string> WrongTypes => new()
    {
        { "providers", "null" },
        { "providers", "[]" },
        { "deployments", "null" },
        { "models", "null" },
        { "tenants", "null" },
        { "tenants", "\"x\"" },
        { "maxRequestBytes", "\"1024\"" },
        { "maxRequestBytes", "1024.5" },
        { "dataDirectory", "7" },
        { "alerts", "[]" },
        { "alerts webhook", "7" },
        { "alerts secret", "[\"env:A\"]" },
        { "admin", "\"env:A\"" },
        { "admin secret", "[\"env:A\"]" },
        { "$schema", "7" },
        { "providers openai credential", "7" },
        { "providers openai credential", "[7]" },
        { "providers openai kind", "true" },
        { "deployments d contextWindow", "1.5" },
        { "deployments d contextWindow", "99999999999" },
        { "deployments d acceptsPrefill", "\"yes\"" },
        { "deployments d price", "5" },
        { "deployments d prices", "{}" },
        { "deployments d price longContext", "{}" },
        { "deployments d price input", "\"5\"" },
        { "deployments d capabilities", "\"tools\"" },
        { "models m tiers", "{}" },
        { "models m tiers 0 targets", "\"d\"" },
        { "tenants acme keys", "[]" },
        { "tenants acme usageReaders", "\"dev\"" },
        { "tenants acme limits", "{}" },
        { "tenants acme strict", "1" },
        { "tenants acme timeoutMs", "\"10s\"" },
        { "models m tiers 1 weights d", "1.5" },
        { "models m tiers 1 weights", "[1]" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    [MemberData(nameof(References))]
    public void Check_BrokenRule_NamesSettingValueAndWhatIsAllowed(string path, string? json, string problem) =>
        Assert.Contains(problem, Refused(Samples.With(path, json)).Problems);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Check_SecretInAWrongPlace_IsNeverRepeated(string path, string? json, string problem)
    {
        Assert.NotEmpty(problem);
        Assert.DoesNotContain("sk-secret", Refused(Samples.With(path, json)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongTypes))]
    public void Read_ValueOfTheWrongType_NamesItsPlace(string path, string json)
    {
        var problem = Assert.Single(Refused(Samples.With(path, json)).Problems);
        Assert.Contains("value of the wrong type", problem, StringComparison.Ordinal);
        Assert.Contains(path.Split(' ')[0], problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralProblems_AreToldAtOnce()
    {
        var thrown = Refused("""{ "providers": { "a": { "kind": "x" } }, "deployments": { "d": {} }, "models": {} }""");
        Assert.True(thrown.Problems.Count >= 4);
        Assert.All(thrown.Problems, problem => Assert.Contains(problem, thrown.Message, StringComparison.Ordinal));
        Assert.StartsWith("my.json cannot be used:", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"providers\": ")]
    [InlineData("{ \"models\": {}, \"models\": {} }")]
    [InlineData("{ \"models\": { \"m\": {}, \"m\": {} } }")]
    public void Read_NotAnObjectOrANameTwice_IsRefused(string json) => Assert.Single(Refused(json).Problems);

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreTaken() => Assert.NotNull(Read("// mine\n" + Samples.Sound[..^1] + ", }"));

    private static GatewayConfig Read(string json) => ConfigReader.Read(Encoding.UTF8.GetBytes(json), "my.json");

    private static ConfigurationException Refused(string json) => Assert.Throws<ConfigurationException>(() => Read(json));
}
