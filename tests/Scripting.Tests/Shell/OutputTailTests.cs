using System.Text;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.Scripting.Tests.Shell;

public sealed class OutputTailTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "abc")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789a", "123456789a")]
    [InlineData("é漢\U0001F600", "é漢\U0001F600")]
    public void The_last_characters_are_kept(string printed, string kept) => Assert.Equal(kept, Tail(10, Encoding.UTF8.GetBytes(printed)));

    [Fact]
    public void A_character_is_never_cut_in_two()
    {
        for (int before = 0; before < 12; before++)
        {
            Assert.DoesNotContain('\ufffd', Tail(10, Encoding.UTF8.GetBytes(new string('a', before) + string.Concat(Enumerable.Repeat("é漢\U0001F600", 40)))));
        }
    }

    [Fact]
    public void Any_bytes_in_any_pieces_give_the_tail_of_their_text()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            var tail = new OutputTail(20);
            for (int at = 0; at < bytes.Length;)
            {
                int count = random.Next(1, bytes.Length - at + 1);
                tail.Add(bytes.AsSpan(at, count));
                at += count;
            }

            string kept = tail.ToString();
            Assert.InRange(kept.Length, 0, 20);
            Assert.EndsWith(kept[Math.Min(4, kept.Length)..], Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            Assert.False(kept.Length > 0 && char.IsLowSurrogate(kept[0]));
        }
    }

    private static string Tail(int limit, byte[] printed)
    {
        var tail = new OutputTail(limit);
        tail.Add(printed);
        return tail.ToString();
    }
}
