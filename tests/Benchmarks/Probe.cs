using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.Benchmarks;

/// <summary>
/// A client that asks an address every 2 ms whether it answers (ICMP echo), and prints a line for each answer: its number and the milliseconds
/// since the start. ping(8) will not do: it slows down to 10 ms and more as soon as answers are missing.
/// </summary>
internal static class Probe
{
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;
    private const int HeaderBytes = 8;
    private const int NumberOffset = 6;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    internal static int Run(string address, TimeSpan length)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        socket.Connect(IPAddress.Parse(address), 0);
        long started = Stopwatch.GetTimestamp();
        var listening = new Thread(() => Listen(socket, started)) { IsBackground = true };
        listening.Start();
        Send(socket, started, length);
        return 0;
    }

    private static void Send(Socket socket, long started, TimeSpan length)
    {
        byte[] packet = new byte[HeaderBytes];
        packet[0] = EchoRequest;
        for (int number = 1; Stopwatch.GetElapsedTime(started) < length; number++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(NumberOffset), (ushort)number);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
            try
            {
                socket.Send(packet);
            }
            catch (SocketException)
            {
                // Nobody there at this moment: what is measured.
            }

            TimeSpan wait = (Interval * number) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                Thread.Sleep(wait);
            }
        }
    }

    private static void Listen(Socket socket, long started)
    {
        byte[] buffer = new byte[256];
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        while (true)
        {
            int length = socket.Receive(buffer);
            double at = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            int header = (buffer[0] & 0xF) * 4;
            if (length >= header + HeaderBytes && buffer[header] == EchoReply)
            {
                int number = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(header + NumberOffset));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seq={number} {at:F3}"));
            }
        }
    }

    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        for (int i = 0; i < packet.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        }

        return (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }
}
