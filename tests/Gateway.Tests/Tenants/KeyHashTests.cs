using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Tenants;

public sealed class KeyHashTests
{
    private const string AbcHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void Of_Key_IsItsSha256()
    {
        Assert.True(KeyHash.Of("abc").Matches(KeyHash.FromHex(AbcHash)));
        Assert.True(KeyHash.Of("abc").Matches(KeyHash.FromHex(AbcHash.ToUpperInvariant())));
        Assert.False(KeyHash.Of("abd").Matches(KeyHash.FromHex(AbcHash)));
        Assert.Equal(KeyHash.Of("abc").Prefix, KeyHash.FromHex(AbcHash).Prefix);
        Assert.NotEqual(KeyHash.Of("abc").Prefix, KeyHash.Of("abd").Prefix);
    }

    [Fact]
    public void Equals_SameKey_IsFoundInADictionary()
    {
        var known = new Dictionary<KeyHash, string> { [KeyHash.FromHex(AbcHash)] = "abc" };
        Assert.Equal("abc", known.GetValueOrDefault(KeyHash.Of("abc")));
        Assert.Null(known.GetValueOrDefault(KeyHash.Of("abd")));
    }

    [Fact]
    public void Equals_OneBitOff_IsAnother() => Assert.All(
        Enumerable.Range(0, AbcHash.Length),
        digit => Assert.NotEqual(KeyHash.FromHex(AbcHash), KeyHash.FromHex($"{AbcHash[..digit]}{(AbcHash[digit] == '0' ? '1' : '0')}{AbcHash[(digit + 1)..]}")));

    [Fact]
    public void ToHex_IsLowerCase() => Assert.Equal(AbcHash, KeyHash.FromHex(AbcHash.ToUpperInvariant()).ToHex());

    [Fact]
    public void Of_LongestKeyOfWideCharacters_Fits() => Assert.False(KeyHash.Of(new string('世', KeyHash.MaxKeyLength)).Matches(KeyHash.Of("x")));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015")]
    [InlineData(AbcHash + "00")]
    public void FromHex_AnythingElse_Throws(string hex) => Assert.Throws<FormatException>(() => KeyHash.FromHex(hex));
}
