using System.Text;
using Tollgate.Errors;
using Tollgate.Intake;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class RequestScannerTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Fact]
    public void Scan_EveryField_IsFound()
    {
        var scan = Scan("""
            {"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"max_tokens":5,"max_completion_tokens":7,"n":3,
             "temperature":2,"top_p":0,"top_logprobs":20,"frequency_penalty":-2,"presence_penalty":2,"seed":-9,
             "tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_schema","json_schema":{"schema":{}}},
             "messages":[{"role":"system","content":"s"},{"role":"user","content":[
               {"type":"text","text":"t"},
               {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
               {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
               {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
               {"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]},
              {"role":"assistant","content":null}]}
            """);
        Assert.Equal("gpt-4o", scan.Model);
        Assert.True(scan.Stream);
        Assert.True(scan.IncludeUsage);
        Assert.Equal(5, scan.MaxTokens?.Tokens);
        Assert.Equal(7, scan.MaxCompletionTokens?.Tokens);
        Assert.Equal(7, scan.Cap);
        Assert.Equal(3, scan.Choices);
        Assert.Equal(3, scan.Messages);
        Assert.Equal([MediaKind.Image, MediaKind.Image, MediaKind.Audio, MediaKind.File], scan.Media!.Select(part => part.Kind));
        Assert.Equal([null, 4L, 4L, 4L], scan.Media!.Select(part => part.Bytes));
        Assert.Equal("messages[1].content[1].image_url", scan.FirstImage);
        Assert.Equal("messages[1].content[3].input_audio", scan.FirstAudio);
        Assert.Equal("messages[1].content[4].file", scan.FirstFile);
        Assert.True(scan.HasTools);
        Assert.True(scan.HasJsonSchema);
        Assert.True(scan.EndsWithAssistant);
    }

    [Theory]
    [InlineData("\"ann\"", "\"ann\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"\\u0061nn \\\"é\"", "\"\\u0061nn \\\"é\"")]
    [InlineData("null", "")]
    public void Scan_User_IsWhereItStands(string value, string found)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"user\":{value},{Messages}}}");
        var scan = RequestScanner.Scan(body);
        Assert.Equal(found, scan.UserValue.Equals(default) ? "" : Encoding.UTF8.GetString(body[scan.UserValue]));
        Assert.Equal(Encoding.UTF8.GetByteCount(value) + 2, scan.TextBytes);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[\"ann\"]")]
    public void Scan_UserThatIsNoString_IsRefused(string value)
    {
        var thrown = Assert.Throws<CallerErrorException>(() => Scan($"{{\"user\":{value},{Messages}}}"));
        Assert.Equal((400, "user", "invalid_type", "Invalid type for 'user': it must be a string."), (thrown.Status, thrown.Param, thrown.Code, thrown.Message));
    }

    [Fact]
    public void Scan_UserTwice_IsRefused() =>
        Assert.Equal("duplicate_parameter", Assert.Throws<CallerErrorException>(() => Scan($"{{\"user\":\"a\",\"us\\u0065r\":\"b\",{Messages}}}")).Code);

    [Fact]
    public void Scan_UserInsideAMessage_IsNotTheCalls() =>
        Assert.Equal(default, Scan("""{"messages":[{"role":"user","user":"ann","content":"x"}],"metadata":{"user":"bob"}}""").UserValue);

    [Theory]
    [InlineData("\"max_tokens\":5", 5)]
    [InlineData("\"max_completion_tokens\":5", 5)]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":7", 7)]
    [InlineData("\"max_tokens\":7,\"max_completion_tokens\":5", 7)]
    [InlineData("\"max_tokens\":7,\"max_completion_tokens\":null", 7)]
    [InlineData("\"max_tokens\":null", null)]
    public void Scan_Caps_TheHigherCounts(string caps, int? cap) => Assert.Equal(cap, Scan($"{{{caps},{Messages}}}").Cap);

    [Fact]
    public void Scan_OnlyMessages_LeavesTheRestEmpty()
    {
        var scan = Scan($"{{{Messages}}}");
        Assert.Null(scan.Model);
        Assert.Equal(default, scan.ModelValue);
        Assert.Equal(default, scan.StreamOptionsValue);
        Assert.Equal(default, scan.IncludeUsageValue);
        Assert.Null(scan.Cap);
        Assert.Equal(1, scan.Choices);
        Assert.False(scan.Stream || scan.IncludeUsage || scan.HasTools || scan.HasJsonSchema || scan.EndsWithAssistant);
        Assert.Equal(2, scan.TextBytes);
    }

    [Theory]
    [InlineData("""{"model":"é-模型","messages":[{"role":"user","content":"世界 🙂"}],"max_tokens":12,"stream_options":{"include_usage":false}}""")]
    [InlineData("{ \"model\" :\t\"é-模型\" ,\r\n\"stream_options\" : { \"include_usage\" : false } , \"max_tokens\"  :  12  , \"messages\" : [ { \"role\" : \"user\" , \"content\" : \"世界 🙂\" } ] }  \n")]
    [InlineData("{\"x\":{\"model\":\"other\",\"max_tokens\":1},\"messages\":[{\"role\":\"user\",\"content\":\"c\",\"model\":\"no\",\"max_tokens\":2}],\"m\\u006fdel\":\"é-模型\",\"stream_options\":{\"a\":[],\"include_usage\":false},\"max_tokens\":12}")]
    public void Scan_AnyLayout_GivesPositionsOfTheValuesInBytes(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var scan = RequestScanner.Scan(bytes);
        Assert.Equal("\"é-模型\"", At(scan.ModelValue));
        Assert.Equal("é-模型", scan.Model);
        Assert.Equal("12", At(scan.MaxTokens!.Value.Value));
        Assert.Equal("\"max_tokens\"", At(scan.MaxTokens.Value.Name));
        Assert.Equal("false", At(scan.IncludeUsageValue));
        Assert.StartsWith("{", At(scan.StreamOptionsValue), StringComparison.Ordinal);
        Assert.EndsWith("}", At(scan.StreamOptionsValue), StringComparison.Ordinal);
        Assert.Contains("include_usage", At(scan.StreamOptionsValue), StringComparison.Ordinal);

        string At(Range range) => Encoding.UTF8.GetString(bytes[range]);
    }

    [Fact]
    public void Scan_EscapesInValues_AreDecodedAndTheirPositionIsAsWritten()
    {
        var body = "{\"model\":\"gpt\\u002d4o \\\"x\\\"\"," + Messages + "}";
        var scan = Scan(body);
        Assert.Equal("gpt-4o \"x\"", scan.Model);
        Assert.Equal("\"gpt\\u002d4o \\\"x\\\"\"", body[scan.ModelValue]);
    }

    [Theory]
    [InlineData("\"m\\u006fdel\":\"a\",\"model\":\"b\"", "model")]
    [InlineData("\"max_t\\u006fkens\":1,\"max_tokens\":2", "max_tokens")]
    [InlineData("\"\\u006e\":2,\"n\":1", "n")]
    [InlineData("\"model\":\"a\",\"model\":\"b\"", "model")]
    [InlineData("\"stream\":true,\"stream\":false", "stream")]
    [InlineData("\"temperature\":1,\"temperature\":1", "temperature")]
    public void Scan_NameGivenTwice_IsRefusedHoweverItIsWritten(string members, string param)
    {
        var thrown = Refused($"{{{members},{Messages}}}");
        Assert.Equal((param, "duplicate_parameter"), (thrown.Param, thrown.Code));
    }

    [Fact]
    public void Scan_EscapedNames_MeanWhatTheyMeanToTheUpstream()
    {
        var scan = Scan("""{"\u006e":4,"max_t\u006Fkens":9,"messages":[{"r\u006fle":"user","c\u006fntent":[{"type":"image_url","image\u005furl":{"url":"https://example.com/a"}}]}]}""");
        Assert.Equal((4, 9L, 1), (scan.Choices, scan.Cap, scan.Media!.Count));
    }

    [Fact]
    public void Scan_UnknownNamesTwice_PassAsTheyAre() => Assert.Equal(1, Scan($"{{\"x\":1,\"x\":2,\"longer_than_any_known_name_written_with_escapes\\u0041\":3,{Messages}}}").Messages);

    [Theory]
    [InlineData("""{"role":"user","content":"abc"}""", 3)]
    [InlineData("""{"role":"user","content":"世"}""", 3)]
    [InlineData("""{"role":"user","content":"\u4e16"}""", 6)]
    [InlineData("""{"role":"user","content":"a","name":"bob"}""", 6)]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"ab"}]}""", 10)]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[1]}""", 3)]
    public void Scan_MessageText_IsCountedInBytes(string message, int bytes) => Assert.Equal(bytes, Scan($"{{\"messages\":[{message}]}}").TextBytes);

    [Theory]
    [InlineData("\"tools\":[{\"a\":1}],", 9)]
    [InlineData("\"functions\":[{\"a\":1}],", 9)]
    [InlineData("\"prediction\":{\"a\":1},", 7)]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"x\":[1]},", 16)]
    public void Scan_WhatElseMayBecomePrompt_IsCountedToo(string member, int bytes) => Assert.Equal(2 + bytes, Scan($"{{{member}{Messages}}}").TextBytes);

    [Theory]
    [InlineData("\"tools\":[],", false)]
    [InlineData("\"tools\":[ \n],", false)]
    [InlineData("\"tools\":null,", false)]
    [InlineData("\"tools\":[{}],", true)]
    public void Scan_Tools_CountWhenThereAreAny(string member, bool expected) => Assert.Equal(expected, Scan($"{{{member}{Messages}}}").HasTools);

    [Theory]
    [InlineData("{\"type\":\"json_schema\"}", true)]
    [InlineData("{\"type\":\"json_object\"}", false)]
    [InlineData("{\"json_schema\":{\"type\":\"json_schema\"},\"type\":\"text\"}", false)]
    [InlineData("null", false)]
    public void Scan_ResponseFormat_IsASchemaByItsOwnType(string format, bool expected) =>
        Assert.Equal(expected, Scan($"{{\"response_format\":{format},{Messages}}}").HasJsonSchema);

    [Theory]
    [InlineData("\"stream_options\":{\"include_usage\":null}")]
    [InlineData("\"stream_options\":{\"x\":null,\"y\":1}")]
    [InlineData("\"response_format\":{\"json_schema\":null,\"type\":\"text\"}")]
    public void Scan_NullInsideAnObject_DoesNotEndTheScan(string member)
    {
        var scan = Scan($"{{{member},\"n\":5,{Messages},\"max_tokens\":6}}");
        Assert.Equal((5, 6L), (scan.Choices, scan.Cap));
    }

    [Theory]
    [InlineData("null", "null", null)]
    [InlineData("null", "3", 3L)]
    [InlineData("4", "null", 4L)]
    [InlineData("4", "3", 4L)]
    public void Scan_NullCaps_AreNoCapsButHaveTheirPlace(string old, string current, long? cap)
    {
        var body = $"{{\"max_tokens\":{old},\"max_completion_tokens\":{current},{Messages}}}";
        var scan = Scan(body);
        Assert.Equal(cap, scan.Cap);
        Assert.Equal(old, body[scan.MaxTokens!.Value.Value]);
        Assert.Equal(current, body[scan.MaxCompletionTokens!.Value.Value]);
    }

    [Theory]
    [InlineData("\"temperature\":2.1", "temperature")]
    [InlineData("\"temperature\":-0.1", "temperature")]
    [InlineData("\"top_p\":1.01", "top_p")]
    [InlineData("\"top_logprobs\":21", "top_logprobs")]
    [InlineData("\"frequency_penalty\":-2.1", "frequency_penalty")]
    [InlineData("\"presence_penalty\":2.1", "presence_penalty")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":2147483648", "max_tokens")]
    [InlineData("\"max_completion_tokens\":-1", "max_completion_tokens")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":129", "n")]
    public void Scan_ValueOutOfRange_IsRefusedWithItsName(string member, string param)
    {
        var thrown = Refused($"{{{member},{Messages}}}");
        Assert.Equal((400, param, "invalid_value"), (thrown.Status, thrown.Param, thrown.Code));
        Assert.Contains("between", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"model\":null", "model")]
    [InlineData("\"model\":7", "model")]
    [InlineData("\"stream\":\"true\"", "stream")]
    [InlineData("\"stream_options\":[]", "stream_options")]
    [InlineData("\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage")]
    [InlineData("\"max_tokens\":1.5", "max_tokens")]
    [InlineData("\"max_tokens\":\"5\"", "max_tokens")]
    [InlineData("\"seed\":1.5", "seed")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"tools\":{}", "tools")]
    [InlineData("\"response_format\":\"json\"", "response_format")]
    public void Scan_ValueOfTheWrongType_IsRefusedWithItsName(string member, string param)
    {
        var thrown = Refused($"{{{member},{Messages}}}");
        Assert.Equal((400, param, "invalid_type"), (thrown.Status, thrown.Param, thrown.Code));
    }

    [Theory]
    [InlineData("{\"messages\":{}}", "messages", "invalid_type")]
    [InlineData("{\"messages\":null}", "messages", "invalid_type")]
    [InlineData("{\"messages\":[]}", "messages", "missing_required_parameter")]
    [InlineData("{\"model\":\"m\"}", "messages", "missing_required_parameter")]
    [InlineData("{\"messages\":[1]}", "messages[0]", "invalid_type")]
    [InlineData("{\"messages\":[{\"role\":\"user\"},{\"content\":\"x\"}]}", "messages[1].role", "missing_required_parameter")]
    [InlineData("{\"messages\":[{\"role\":\"robot\"}]}", "messages[0].role", "invalid_value")]
    [InlineData("{\"messages\":[{\"role\":1}]}", "messages[0].role", "invalid_type")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":5}]}", "messages[0].content", "invalid_type")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[\"x\"]}]}", "messages[0].content[0]", "invalid_type")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{},{\"image_url\":\"u\"}]}]}", "messages[0].content[1].image_url", "invalid_type")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"image_url\":{\"url\":\"http://10.0.0.1/\"}}]}]}", "messages[0].content[0].image_url.url", "invalid_image_url")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"im\\u0061ge_url\":{\"\\u0075rl\":\"http://10.0.0.1/\"}}]}]}", "messages[0].content[0].image_url.url", "invalid_image_url")]
    public void Scan_WrongMessages_AreRefusedWithTheirPath(string body, string param, string code)
    {
        var thrown = Refused(body);
        Assert.Equal((400, param, code), (thrown.Status, thrown.Param, thrown.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]} x")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}{}")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}],}")]
    [InlineData("// no\n{\"messages\":[{\"role\":\"user\"}]}")]
    [InlineData("\uFEFF{\"messages\":[{\"role\":\"user\"}]}")]
    [InlineData("{\"model\":\"\\ud800\",\"messages\":[{\"role\":\"user\"}]}")]
    [InlineData("{\"\\ud800\":1,\"messages\":[{\"role\":\"user\"}]}")]
    [InlineData("{\"messages\":[{\"role\":\"\\udc00\"}]}")]
    public void Scan_NotJson_IsRefused(string body) => Assert.Equal((400, "invalid_json"), (Refused(body).Status, Refused(body).Code));

    [Fact]
    public void Scan_NotUtf8_IsRefused()
    {
        var body = Encoding.Latin1.GetBytes($"{{\"x\":\"é\",{Messages}}}");
        Assert.Equal("invalid_json", Assert.Throws<CallerErrorException>(() => RequestScanner.Scan(body)).Code);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(64, false)]
    public void Scan_Nesting_IsTakenUpTo64Levels(int levels, bool taken)
    {
        var body = $"{{\"x\":{new string('[', levels)}{new string(']', levels)},{Messages}}}";
        if (taken)
        {
            Assert.Equal(1, Scan(body).Messages);
        }
        else
        {
            Assert.Equal("invalid_json", Refused(body).Code);
        }
    }

    [Fact]
    public void Scan_Refusal_NeverRepeatsWhatWasSent()
    {
        var thrown = Refused("{\"messages\":[{\"role\":\"my secret\",\"content\":\"my secret\"}]}");
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    private static CallScan Scan(string body) => RequestScanner.Scan(Encoding.UTF8.GetBytes(body));

    private static CallerErrorException Refused(string body) => Assert.Throws<CallerErrorException>(() => Scan(body));
}
