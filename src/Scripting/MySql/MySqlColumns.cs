using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>Room for one row of a prepared statement. Short values are put there at once, longer ones are fetched by themselves.</summary>
internal sealed unsafe class MySqlColumns : IDisposable
{
    private const int ShortBytes = 96;                           // holds any number, date or decimal

    private readonly Field* _fields;
    private readonly int _count;
    private readonly Cell* _cells;

    /// <param name="fields">Must outlive this.</param>
    internal MySqlColumns(Field* fields, int count)
    {
        _fields = fields;
        _count = count;
        Binds = (Bind*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Bind));
        _cells = (Cell*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Cell));
        for (int i = 0; i < count; i++)
        {
            Cell* cell = &_cells[i];
            FieldType type = TypeOf(fields[i]);
            Binds[i] = new Bind
            {
                Length = &cell->Length,
                IsNull = &cell->IsNull,
                Error = &cell->Error,
                Buffer = cell->Short,
                BufferLength = ShortBytes,
                BufferType = type,
                IsUnsigned = fields[i].IsUnsigned ? (byte)1 : (byte)0,
            };
        }
    }

    internal Bind* Binds { get; private set; }

    /// <summary>Copies the row that was fetched.</summary>
    /// <returns>False: there is no room for it.</returns>
    internal bool ReadInto(MySqlRows rows, nint statement)
    {
        if (!rows.Begin())
        {
            return false;
        }

        for (int i = 0; i < _count; i++)
        {
            bool isNull = _cells[i].IsNull != 0;
            if (!isNull && !rows.Take((long)_cells[i].Length))
            {
                return false;
            }

            rows.Set(i, isNull ? null : Read(i, statement));
        }

        rows.End();
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_cells);
        NativeMemory.Free(Binds);
        Binds = null;
    }

    private static FieldType TypeOf(in Field field) => field.Type switch
    {
        FieldType.Float => FieldType.Float,
        FieldType.Double => FieldType.Double,
        FieldType.Bit => FieldType.Blob,
        _ => MySqlValue.IsInteger(field.Type) ? FieldType.LongLong : FieldType.String,
    };

    private JsonNode Read(int i, nint statement)
    {
        Cell* cell = &_cells[i];
        return Binds[i].BufferType switch
        {
            FieldType.LongLong when _fields[i].IsUnsigned => MySqlAnswer.Number(*(ulong*)cell->Short),
            FieldType.LongLong => MySqlAnswer.Number(*(long*)cell->Short),
            FieldType.Float => JsonValue.Create(*(float*)cell->Short),
            FieldType.Double => JsonValue.Create(*(double*)cell->Short),
            _ when cell->Length <= ShortBytes => MySqlValue.From(_fields[i], new ReadOnlySpan<byte>(cell->Short, (int)cell->Length)),
            _ => ReadLong(i, statement),
        };
    }

    private JsonNode ReadLong(int i, nint statement)
    {
        byte[] value = new byte[_cells[i].Length];
        fixed (byte* buffer = value)
        {
            Bind whole = Binds[i];
            whole.Buffer = buffer;
            whole.BufferLength = (nuint)value.Length;
            MySqlStatement.Demand(statement, LibMariaDb.mysql_stmt_fetch_column(statement, &whole, (uint)i, 0) == 0);
        }

        return MySqlValue.From(_fields[i], value);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Cell
    {
        internal nuint Length;
        internal byte IsNull;
        internal byte Error;
        internal fixed byte Short[ShortBytes];
    }
}
