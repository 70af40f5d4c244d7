using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Rules of lines, words, quotes, braces, definitions, sequences and lists: what a text is understood as, line by line.</summary>
public sealed class LexicalRulesTests
{
    /// <summary>Statements joined by ';', blocks as '{' and '}', then the codes of lexical problems.</summary>
    private static string Understood(string text, ConfigOptions? options = null)
    {
        ConfigParse parse = Configs.Read(text, options);
        string lines = string.Join("; ", parse.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        string[] codes = [.. Configs.Codes(parse).Where(code => string.CompareOrdinal(code, "KA0100") < 0)];
        return codes.Length == 0 ? lines : $"{lines} [{string.Join(' ', codes)}]";
    }

    [Theory]
    // Lines and comments
    [InlineData("comment by hash", "a b # c", "a b")]
    [InlineData("comment by bang", "a b ! c", "a b")]
    [InlineData("comment inside a word", "ab!c d", "ab")]
    [InlineData("comment alone", "# a\n! b\nc", "c")]
    [InlineData("escaped comment characters", "a\\#b \\!c", "a#b !c")]
    [InlineData("comment characters in quotes", "\"a # b ! c\" # d", "\"a # b ! c\"")]
    [InlineData("blank lines and blanks", "\n  a\t b  \n\n", "a b")]
    [InlineData("carriage returns", "a\r\nb\r\n", "a; b")]
    [InlineData("byte order mark", "\uFEFFa", "a")]
    [InlineData("no continuation outside definitions", "a \\\nb", "a \\; b")]
    [InlineData("NUL drops the line", "a\0b\nc", "c [KA0006]")]
    // Words and quotes
    [InlineData("quotes hold blanks and braces", "a \"b { c }\" d", "a \"b { c }\" d")]
    [InlineData("a quote starts a new word", "a\"b\"c", "a \"b\" c")]
    [InlineData("single quotes are ordinary here", "a 'b c'", "a 'b c'")]
    [InlineData("an open quote drops the line", "a \"b c\nd", "d [KA0007]")]
    [InlineData("an empty quote is a word", "a \"\"", "a \"\"")]
    // Blocks
    [InlineData("block on several lines", "a {\nb\n}", "a {; b; }")]
    [InlineData("block on one line", "a { b c } d", "a {; b c; }; d")]
    [InlineData("brace on the next line", "a\n\n{\nb\n}", "a; {; b; }")]
    [InlineData("brace touching words", "a{b}c", "a {; b; }; c")]
    [InlineData("two blocks on a line", "a { b } a { c }", "a {; b; }; a {; c; }")]
    [InlineData("one brace too many", "a\n}\nb", "a; b [KA0009]")]
    [InlineData("a brace missing", "a {\nb", "a {; b [KA0010]")]
    [InlineData("a block without keyword", "{ a\n}\nb", "a; }; b [KA0011]")]
    // Conditions; the configuration id is node-a
    [InlineData("condition holds", "@node-a x", "x")]
    [InlineData("condition fails", "@node-b x", "")]
    [InlineData("negated condition holds", "@^node-b x", "x")]
    [InlineData("negated condition fails", "@^node-a x", "")]
    [InlineData("whole word compared", "@node-aa x\n@node x", "")]
    [InlineData("conditions in a row", "@^node-b @node-a x\n@node-a @node-b y", "x")]
    [InlineData("condition alone", "@node-a\nx", "x")]
    [InlineData("condition before a brace", "a {\nb\n@node-a }", "a {; b; }")]
    [InlineData("condition behind a brace", "a { @node-b b\n@node-a c\n}", "a {; c; }")]
    [InlineData("condition before a definition", "@node-a $V=1\n@node-b $V=2\nx $V", "x 1")]
    [InlineData("failed condition takes all lines of a definition", "@node-b $V= \\\na \\\nb\nc", "c")]
    // Definitions
    [InlineData("plain use", "$V=1\nx $V", "x 1")]
    [InlineData("use in braces within a word", "$V=1\nx${V}y", "x1y")]
    [InlineData("plain use before comma and parenthesis", "$V=1\nx $V,$V)", "x 1,1)")]
    [InlineData("plain use needs an end", "$V=1\nx $V/24", "x $V/24 [KA0015]")]
    [InlineData("use within quotes", "$V=1\nx \"a ${V} b\"", "x \"a 1 b\"")]
    [InlineData("later assignment replaces", "$V=1\nx $V\n$V=2\nx $V", "x 1; x 2")]
    [InlineData("empty value", "$V=\nx${V}y", "xy")]
    [InlineData("blanks around the value go", "$V=  a   b  \nx ${V}y", "x a by")]
    [InlineData("late binding", "$A=${B}\n$B=1\nx $A\n$B=2\nx $A", "x 1; x 2")]
    [InlineData("unknown name stays", "x ${NONE} y", "x ${NONE} y [KA0015]")]
    [InlineData("blank before the equals sign is no definition", "$V =1", "$V =1 [KA0015]")]
    [InlineData("a definition makes a block", "$V=a {\n$V\nb }", "a {; b; }")]
    [InlineData("comment in a value", "$V=a # b\nx $V c", "x a c")]
    [InlineData("escaped comment in a value comments at the use", "$V=a\\#b\nx $V c", "x a")]
    [InlineData("definition of several lines", "$V= \\\na \\\n  b \\\nc\nx {\n$V\n}", "x {; a; b; c; }")]
    [InlineData("definition of several lines within a line", "$V= \\\na \\\nb\nx $V y\nx${V}y", "x a; b y; xa; by")]
    [InlineData("a blank line ends a definition", "$V= \\\na \\\n\nb", "b")]
    [InlineData("blocks and uses in a definition of several lines", "$N=7\n$V= \\\na { \\\nb $N \\\n}\n$V", "a {; b 7; }")]
    [InlineData("definition within a definition", "$A= \\\na\n$B= \\\n$A \\\nb\n$B", "a; b")]
    [InlineData("one-line definition that uses one of several", "$A= \\\na \\\nb\n$B=${A}\nx $B", "x a; b")]
    [InlineData("definition that ends with the text", "$V= \\\na \\", " [KA0016]")]
    [InlineData("definition that uses itself", "$A=x $B\n$B=y $A\nz $A", "z x y [KA0012]")]
    [InlineData("definition of several lines that uses itself", "$A= \\\nx \\\n$A\n$A", "x [KA0012]")]
    // Predefined
    [InlineData("configuration id", "x $_INSTANCE", "x node-a")]
    [InlineData("directory of the file", "x ${_PWD}/y", "x /etc/keepalived/y")]
    [InlineData("hash and bang are literal", "x${_HASH}y ${_BANG}z", "x#y !z")]
    [InlineData("hash through a definition", "$V=a${_HASH}b\nx $V c", "x a#b c")]
    [InlineData("random between bounds", "x ${_RANDOM 7 7}", "x 7")]
    [InlineData("random with wrong bounds", "x ${_RANDOM 9 7}", "x 0")]
    // Sequences
    [InlineData("three numbers", "~SEQ(i, 1, 2, 5) x $i", "x 1; x 3; x 5")]
    [InlineData("two numbers", "~SEQ(i,2,4) x${i}", "x2; x3; x4")]
    [InlineData("two numbers downwards", "~SEQ(i,3,1) x${i}", "x3; x2; x1")]
    [InlineData("one number", "~SEQ(i,3) x${i}", "x1; x2; x3")]
    [InlineData("one number zero", "~SEQ(i,0) x${i}", "x1; x0")]
    [InlineData("one number negative", "~SEQ(i,-2) x${i}", "x-1; x-2")]
    [InlineData("hexadecimal", "~SEQx(i,9,11) x${i}", "x9; xa; xb")]
    [InlineData("bounds in hexadecimal and octal", "~SEQ(i,0x10,021) x${i}", "x16; x17")]
    [InlineData("bounds from definitions", "$N=2\n~SEQ(i,$N) x${i}", "x1; x2")]
    [InlineData("behind a brace", "a { ~SEQ(i,2) b${i}\n}", "a {; b1; b2; }")]
    [InlineData("blocks", "~SEQ(i,2) a${i} { b $i }", "a1 {; b 1; }; a2 {; b 2; }")]
    [InlineData("definition of several lines", "$V= \\\na $i { \\\nb \\\n}\n~SEQ(i,2) $V", "a 1 {; b; }; a 2 {; b; }")]
    [InlineData("in a row, the left is the outer", "~SEQ(i,2) ~LST(j,a,b) x${i}${j}", "x1a; x1b; x2a; x2b")]
    [InlineData("the name is free afterwards", "~SEQ(i,1) x $i\ny $i", "x 1; y $i [KA0015]")]
    [InlineData("a definition of the name is back afterwards", "$i=9\n~SEQ(i,1) x $i\ny $i", "x 1; y 9")]
    [InlineData("step zero", "~SEQ(i,1,0,5) x\ny", "y [KA0013]")]
    [InlineData("step of the wrong sign", "~SEQ(i,1,-1,5) x\ny", "y [KA0013]")]
    [InlineData("not a number", "~SEQ(i,a) x\ny", "y [KA0013]")]
    [InlineData("hexadecimal below zero", "~SEQx(i,-1,1) x\ny", "y [KA0013]")]
    [InlineData("no parenthesis", "~SEQ i x\ny", "y [KA0013]")]
    // Lists
    [InlineData("list", "~LST(v, a, b) x $v", "x a; x b")]
    [InlineData("tuples", "~LST({a,b},{1,2},{3,4}) x${a}${b}", "x12; x34")]
    [InlineData("tuple with too few values", "~LST({a,b},{1}) x${a}${b}y", "x1y [KA0014]")]
    [InlineData("tuple with too many values", "~LST({a},{1,2},{3}) x${a}", "x3 [KA0014]")]
    [InlineData("list from a definition", "$L=a, b\n~LST(v, $L) x${v}", "xa; xb")]
    [InlineData("list without values", "~LST(v) x\ny", "y [KA0014]")]
    public void A_text_is_understood(string rule, string text, string expected) =>
        Assert.Equal($"{rule}: {expected}", $"{rule}: {Understood(text)}");

    [Theory]
    [InlineData("global_defs {\nrouter_id a\0b\n}", "KA0006 Error")]
    [InlineData("global_defs {\nrouter_id \"a\n}", "KA0007 Error")]
    [InlineData("global_defs", "KA0008 Error")]
    [InlineData("}", "KA0009 Error")]
    [InlineData("global_defs {", "KA0010 Error")]
    [InlineData("{\n}", "KA0011 Error")]
    [InlineData("$A=$A\n$A", "KA0012 Error")]
    [InlineData("~SEQ(i) x", "KA0013 Error")]
    [InlineData("~LST(i) x", "KA0014 Error")]
    [InlineData("global_defs {\nrouter_id ${A}\n}", "KA0015 Warning")]
    [InlineData("$A= \\", "KA0016 Error")]
    [InlineData("include", "KA0017 Error")]
    public void A_text_that_cannot_be_understood_is_an_error(string text, string expected)
    {
        ConfigDiagnostic found = Configs.Only(Configs.Read(text));
        Assert.Equal(expected, $"{found.Code} {found.Severity}");
    }

    [Fact]
    public void Without_a_configuration_id_only_negated_conditions_hold() =>
        Assert.Equal("b", Understood("@x a\n@^x b", new ConfigOptions("")));

    [Fact]
    public void Random_numbers_follow_the_seed_and_differ_from_use_to_use()
    {
        const string Text = "x ${_RANDOM} ${_RANDOM} ${_RANDOM 5 6}";
        Assert.Equal(Understood(Text, Configs.Options with { RandomSeed = 1 }), Understood(Text, Configs.Options with { RandomSeed = 1 }));
        Assert.NotEqual(Understood(Text, Configs.Options with { RandomSeed = 1 }), Understood(Text, Configs.Options with { RandomSeed = 2 }));
        Assert.Equal(
            Understood("global_defs { random_seed 1\n}\n" + Text, Configs.Options with { RandomSeed = 3 }),
            Understood("global_defs { random_seed 1\n}\n" + Text, Configs.Options with { RandomSeed = 4 }));
    }

    [Fact]
    public void Environment_variables_are_looked_up_and_a_missing_one_is_an_error()
    {
        ConfigOptions options = Configs.Options with { Environment = name => name == "SITE" ? "north" : null };
        Assert.Equal("x north", Understood("x ${_ENV SITE}", options));
        Assert.Equal("x [KA0015]", Understood("x ${_ENV NONE}", options));
    }
}
