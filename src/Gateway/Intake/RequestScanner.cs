using System.Text.Json;
using System.Text.Unicode;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Intake;

/// <summary>
/// Reads a chat completion request once, front to back, without building anything of it. Whatever the caller's and the
/// upstream's wire have in common passes through unread; only what the gateway acts on is checked here.
/// </summary>
internal ref partial struct RequestScanner
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Strings longer than this are worth a jump over the reader.</summary>
    private const int LongString = 256;

    private readonly CallScan scan = new();
    private readonly ReadOnlySpan<byte> body;
    private Utf8JsonReader reader;
    private int readerStart;
    private int textChecked;
    private uint seen;

    private RequestScanner(ReadOnlySpan<byte> body)
    {
        this.body = body;
        reader = new Utf8JsonReader(body, Options);
    }

    /// <summary>How far the body is read.</summary>
    private readonly int Position => readerStart + (int)reader.BytesConsumed;

    /// <summary>Where the current token starts.</summary>
    private readonly int TokenStart => readerStart + (int)reader.TokenStartIndex;

    /// <summary>Scans a whole body.</summary>
    /// <exception cref="CallerErrorException">Not JSON, not a chat completion request, or a value out of its range.</exception>
    public static CallScan Scan(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw CallerErrorException.Invalid("The request body is not valid UTF-8.", code: "invalid_json");
        }
        try
        {
            var scanner = new RequestScanner(body);
            scanner.ReadRoot();
            scanner.CheckText(body.Length);
            return scanner.scan;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // The reader throws the second kind where an escape is half of a surrogate pair.
            throw CallerErrorException.Invalid("The request body is not valid JSON, or is nested deeper than 64 levels.", code: "invalid_json");
        }
    }

    /// <summary>Up to a position: strings that were jumped over were looked at while their end was sought.</summary>
    private void CheckText(int upTo)
    {
        if (HalfSurrogates.Exist(body[textChecked..upTo]))
        {
            throw CallerErrorException.Invalid("The request body holds one half of a surrogate pair as an escape.", code: "invalid_json");
        }
    }

    private void ReadRoot()
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw CallerErrorException.Invalid("The request body must be a JSON object.", code: "invalid_json");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadRootProperty();
        }
        while (reader.Read())
        {
            // Only the end of the document may follow; anything else makes the reader throw.
        }
        if (scan.Messages == 0)
        {
            throw CallerErrorException.Invalid("'messages' must hold at least one message.", "messages", "missing_required_parameter");
        }
    }

    private void ReadRootProperty()
    {
        var name = PositionOfToken();
        var known = FindName();
        RefuseTwice(known);
        switch (known)
        {
            case KnownProperty.Model:
                ReadModel();
                break;
            case KnownProperty.Messages:
                ReadMessages();
                break;
            case KnownProperty.Stream:
                reader.Read();
                scan.Stream = ReadBoolean("stream");
                break;
            case KnownProperty.StreamOptions:
                ReadStreamOptions();
                break;
            case KnownProperty.MaxTokens:
                scan.MaxTokens = ReadCap("max_tokens", name);
                break;
            case KnownProperty.MaxCompletionTokens:
                scan.MaxCompletionTokens = ReadCap("max_completion_tokens", name);
                break;
            case KnownProperty.N:
                scan.Choices = (int?)ReadNumber("n", 1, 128, whole: true) ?? 1;
                break;
            case KnownProperty.Temperature:
                ReadNumber("temperature", 0, 2);
                break;
            case KnownProperty.TopP:
                ReadNumber("top_p", 0, 1);
                break;
            case KnownProperty.TopLogprobs:
                ReadNumber("top_logprobs", 0, 20, whole: true);
                break;
            case KnownProperty.FrequencyPenalty:
                ReadNumber("frequency_penalty", -2, 2);
                break;
            case KnownProperty.PresencePenalty:
                ReadNumber("presence_penalty", -2, 2);
                break;
            case KnownProperty.Seed:
                ReadNumber("seed", long.MinValue, long.MaxValue, whole: true);
                break;
            case KnownProperty.Tools:
                ReadTools();
                break;
            case KnownProperty.ResponseFormat:
                ReadResponseFormat();
                break;
            case KnownProperty.User:
                ReadUser();
                break;
            case KnownProperty.ServiceTier:
                reader.Read();
                scan.Tier = ServiceTiers.ReadAsked(ref reader);
                CountText();
                break;
            default:
                // Whatever it is, an upstream may make prompt text of it, as of the older 'functions'.
                reader.Read();
                CountText();
                break;
        }
    }

    /// <summary>An upstream reads a name written with escapes as the name it stands for, and so must the scan.</summary>
    private readonly KnownProperty FindName()
    {
        if (!reader.ValueIsEscaped)
        {
            return KnownProperties.Find(reader.ValueSpan);
        }
        Span<byte> name = stackalloc byte[KnownProperties.LongestEscaped];
        return reader.ValueSpan.Length <= name.Length ? KnownProperties.Find(name[..reader.CopyString(name)]) : KnownProperty.None;
    }

    /// <summary>Parsers differ in which of two equal names they take: what was checked here would not be what the upstream reads.</summary>
    private void RefuseTwice(KnownProperty known)
    {
        var bit = 1u << (int)known;
        if (known != KnownProperty.None && (seen & bit) != 0)
        {
            var param = reader.GetString();
            throw CallerErrorException.Invalid($"'{param}' is given twice.", param, "duplicate_parameter");
        }
        seen |= bit;
    }

    private void ReadModel()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw WrongType("model", "a string");
        }
        scan.Model = reader.GetString();
        scan.ModelValue = PositionOfToken();
    }

    /// <summary>Only where it stands: most tenants do not limit users. It counts as text like any property that is passed on.</summary>
    private void ReadUser()
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw WrongType("user", "a string");
        }
        scan.UserValue = reader.TokenType == JsonTokenType.String ? PositionOfToken() : default;
        CountText();
    }

    private void ReadStreamOptions()
    {
        reader.Read();
        var start = TokenStart;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            throw WrongType("stream_options", "an object");
        }
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isUsage)
            {
                scan.IncludeUsage = ReadBoolean("stream_options.include_usage");
                scan.IncludeUsageValue = PositionOfToken();
            }
            reader.Skip();
        }
        scan.StreamOptionsValue = start..Position;
    }

    /// <summary>All of it becomes prompt text; a tool that is no function becomes more than it says.</summary>
    private void ReadTools()
    {
        reader.Read();
        ExpectArray("tools");
        var start = TokenStart;
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            scan.HasTools = true;
            if (!ReadTool())
            {
                scan.ProviderTools++;
            }
        }
        scan.TextBytes += Position - start;
    }

    private bool ReadTool()
    {
        var (isFunction, isOther) = (false, false);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            var namesFunction = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("function"u8);
            isFunction |= isType && namesFunction;
            isOther |= isType && !namesFunction;
            reader.Skip();
        }
        return isFunction && !isOther;
    }

    private void ReadResponseFormat()
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            throw WrongType("response_format", "an object");
        }
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            scan.HasJsonSchema |= isType && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("json_schema"u8);
            CountText();
        }
    }

    private OutputCap ReadCap(string param, Range name)
    {
        var tokens = ReadNumber(param, 1, int.MaxValue, whole: true);
        return new OutputCap((long?)tokens, name, PositionOfToken());
    }
}
