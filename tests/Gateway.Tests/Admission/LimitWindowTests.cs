using System.Globalization;
using Tollgate.Admission;

namespace Tollgate.Gateway.Tests.Admission;

public sealed class LimitWindowTests
{
    [Theory]
    [InlineData(nameof(LimitWindow.Minute), "UTC", "2026-11-23T10:30:15Z", "2026-11-23T10:30:00Z", "2026-11-23T10:31:00Z")]
    [InlineData(nameof(LimitWindow.Hour), "UTC", "2026-11-23T10:30:15Z", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")]
    [InlineData(nameof(LimitWindow.Day), "UTC", "2026-11-23T10:30:15Z", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z")]
    [InlineData(nameof(LimitWindow.Month), "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(nameof(LimitWindow.Hour), "Asia/Kolkata", "2026-11-23T10:40:00Z", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")]
    [InlineData(nameof(LimitWindow.Day), "Asia/Shanghai", "2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z")]
    [InlineData(nameof(LimitWindow.Month), "Asia/Shanghai", "2026-11-30T15:59:59Z", "2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z")]
    // 25 hours: the clocks go back.
    [InlineData(nameof(LimitWindow.Day), "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    // Midnight does not exist: the day begins at one.
    [InlineData(nameof(LimitWindow.Day), "Asia/Beirut", "2026-03-29T12:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z")]
    // Midnight comes twice: the day begins with the first.
    [InlineData(nameof(LimitWindow.Day), "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")]
    public void At_Moment_IsTheWindowInTheZone(string window, string zone, string now, string start, string end)
    {
        var found = Enum.Parse<LimitWindow>(window).At(Time(now), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal((Time(start), Time(end)), (found.Start, found.End));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Havana")]
    [InlineData("Australia/Lord_Howe")]
    public void At_EveryHourOfAYear_WindowsFollowEachOtherWithoutAGap(string zone)
    {
        var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var window in new[] { LimitWindow.Day, LimitWindow.Month })
        {
            var last = window.At(Time("2026-01-01T00:00:00Z"), place);
            for (var now = Time("2026-01-01T00:00:00Z"); now < Time("2027-01-01T00:00:00Z"); now += TimeSpan.FromHours(1))
            {
                var current = window.At(now, place);
                Assert.True(current.Start <= now && now < current.End);
                Assert.True(current == last || current.Start == last.End);
                last = current;
            }
        }
    }

    [Fact]
    public void At_Total_NeverEnds() => Assert.Equal((DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue), (LimitWindow.Total.At(Some.Now, TimeZoneInfo.Utc).Start, LimitWindow.Total.At(Some.Now, TimeZoneInfo.Utc).End));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
