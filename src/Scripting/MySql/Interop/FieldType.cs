namespace Keepalived.Es.Scripting.MySql.Interop;

/// <summary>Types of columns and parameters in the protocol: <c>enum_field_types</c>.</summary>
internal enum FieldType
{
    Decimal = 0,
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    Null = 6,
    Timestamp = 7,
    LongLong = 8,
    Int24 = 9,
    Date = 10,
    Time = 11,
    DateTime = 12,
    Year = 13,
    NewDate = 14,
    Bit = 16,
    Json = 245,
    NewDecimal = 246,
    Blob = 252,
    String = 254,
}
