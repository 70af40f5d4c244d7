using System.Runtime.InteropServices;
using System.Text;

namespace Keepalived.Es.Scripting.MySql.Interop;

/// <summary>A column's description; 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Field                                     // MYSQL_FIELD
{
    internal byte* NameText;                                     // name
    internal byte* OriginalName;                                 // org_name
    internal byte* Table;                                        // table
    internal byte* OriginalTable;                                // org_table
    internal byte* Database;                                     // db
    internal byte* Catalog;                                      // catalog
    internal byte* Default;                                      // def
    internal nuint Length;                                       // length
    internal nuint MaximumLength;                                // max_length
    internal uint NameLength;                                    // name_length
    internal uint OriginalNameLength;                            // org_name_length
    internal uint TableLength;                                   // table_length
    internal uint OriginalTableLength;                           // org_table_length
    internal uint DatabaseLength;                                // db_length
    internal uint CatalogLength;                                 // catalog_length
    internal uint DefaultLength;                                 // def_length
    internal uint Flags;                                         // flags
    internal uint Decimals;                                      // decimals
    internal uint CharacterSet;                                  // charsetnr
    internal FieldType Type;                                     // type
    internal void* Extension;                                    // extension

    internal readonly string Name => Encoding.UTF8.GetString(NameText, (int)NameLength);

    internal readonly bool IsUnsigned => (Flags & LibMariaDb.UNSIGNED_FLAG) != 0;

    internal readonly bool IsBinary => CharacterSet == LibMariaDb.BinaryCharacterSet;
}
