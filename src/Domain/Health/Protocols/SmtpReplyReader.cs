using System.Globalization;
using System.Text;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>Reads replies of SMTP (RFC 5321 section 4.2), of one line or several, as their bytes arrive.</summary>
public sealed class SmtpReplyReader
{
    /// <summary>Bytes of a line with its end, at most. RFC 5321 section 4.5.3.1.5 allows 512; servers are more generous.</summary>
    public const int LineLimit = 2048;

    /// <summary>Lines of a reply, at most.</summary>
    public const int LinesLimit = 100;

    private readonly byte[] _line = new byte[LineLimit];
    private int _length;
    private int _lines;

    /// <summary>200 to 599 once the reply is complete; 0 before.</summary>
    public int Code { get; private set; }

    /// <summary>Of the last line, made fit for a message.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What is wrong with it, in words; null: nothing so far.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Takes bytes up to the end of the reply.</summary>
    /// <returns>How many were taken; the rest belongs to the next reply.</returns>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (taken < bytes.Length && Code == 0 && Complaint is null)
        {
            byte next = bytes[taken++];
            if (_length == LineLimit)
            {
                Complaint = $"line is longer than {LineLimit} bytes";
                break;
            }

            _line[_length++] = next;
            if (next == (byte)'\n')
            {
                EndLine();
            }
        }

        return taken;
    }

    /// <summary>Makes ready for the next reply.</summary>
    public void Reset() => (Code, Text, _length, _lines) = (0, "", 0, 0);

    /// <summary><c>250-text</c> goes on, <c>250 text</c> and <c>250</c> end the reply.</summary>
    private void EndLine()
    {
        string line = Encoding.Latin1.GetString(_line, 0, _length).TrimEnd('\n', '\r');
        _length = 0;
        bool isReply = line.Length >= 3 && line[0] is >= '2' and <= '5' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2])
            && (line.Length == 3 || line[3] is ' ' or '-');
        if (!isReply)
        {
            Complaint = $"not a reply of SMTP: '{ReplyText.Of(line)}'";
        }
        else if (line.Length == 3 || line[3] == ' ')
        {
            Code = int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture);
            Text = ReplyText.Of(line);
        }
        else if (++_lines == LinesLimit)
        {
            Complaint = $"reply has more than {LinesLimit} lines";
        }
    }
}
