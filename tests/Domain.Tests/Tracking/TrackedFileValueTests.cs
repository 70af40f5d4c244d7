using Keepalived.Es.Domain.Tracking;

namespace Keepalived.Es.Domain.Tests.Tracking;

public sealed class TrackedFileValueTests
{
    [Theory]                                                     // as keepalived 2.2.7 was seen to read them
    [InlineData("5\n", 5)]
    [InlineData("7abc\n", 7)]
    [InlineData(" 9 \n", 9)]
    [InlineData("12 13\n", 12)]
    [InlineData("-3\n", -3)]
    [InlineData("+4\n", 4)]
    [InlineData("1.5\n", 1)]
    [InlineData("0x10\n", 16)]
    [InlineData("0x\n", 0)]
    [InlineData("010", 8)]
    [InlineData("08", 0)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    public void The_number_at_the_beginning_counts(string content, int value) => Assert.Equal(new TrackedFileValue(value), TrackedFileValue.Read(content));

    [Theory]
    [InlineData("abc\n", 0, "'abc' does not begin with a whole number and counts as 0")]
    [InlineData("\n", 0, "'' does not begin with a whole number and counts as 0")]
    [InlineData("-", 0, "'-' does not begin with a whole number and counts as 0")]
    [InlineData("99999999999", null, "'99999999999' is out of range, allowed -2147483648 to 2147483647; the former value stays")]
    [InlineData("-2147483649", null, "'-2147483649' is out of range, allowed -2147483648 to 2147483647; the former value stays")]
    public void What_is_no_number_is_complained_of(string content, int? value, string complaint) =>
        Assert.Equal(new TrackedFileValue(value, complaint), TrackedFileValue.Read(content));

    [Fact]
    public void Any_text_is_read_without_an_exception()
    {
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "0179afxX+- \n\0ÿ"[random.Next(14)]));
            TrackedFileValue read = TrackedFileValue.Read(text);
            Assert.True(read.Value is not null || read.Complaint is not null, text);
        }
    }
}
