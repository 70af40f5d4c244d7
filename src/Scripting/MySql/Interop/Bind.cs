using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.MySql.Interop;

/// <summary>Where a prepared statement takes a parameter from, or puts a column to; 112 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Bind                                      // MYSQL_BIND
{
    internal nuint* Length;                                      // length
    internal byte* IsNull;                                       // is_null
    internal void* Buffer;                                       // buffer
    internal byte* Error;                                        // error
    internal void* Row;                                          // u
    internal void* Store;                                        // store_param_func
    internal void* Fetch;                                        // fetch_result
    internal void* Skip;                                         // skip_result
    internal nuint BufferLength;                                 // buffer_length
    internal nuint Offset;                                       // offset
    internal nuint LengthValue;                                  // length_value
    internal uint Flags;                                         // flags
    internal uint PackLength;                                    // pack_length
    internal FieldType BufferType;                               // buffer_type
    internal byte ErrorValue;                                    // error_value
    internal byte IsUnsigned;                                    // is_unsigned
    internal byte LongDataUsed;                                  // long_data_used
    internal byte IsNullValue;                                   // is_null_value
    internal void* Extension;                                    // extension
}
