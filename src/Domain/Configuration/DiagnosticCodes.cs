namespace Keepalived.Es.Domain.Configuration;

/// <summary>The code of every kind of problem. A code is never given a second meaning; a kind that goes away leaves a gap.</summary>
public static class DiagnosticCodes
{
    // Files and text
    public const string FileMissing = "KA0001";
    public const string FileUnreadable = "KA0002";
    public const string IncludeMissing = "KA0003";
    public const string IncludeCycle = "KA0004";
    public const string LimitReached = "KA0005";
    public const string NulCharacter = "KA0006";
    public const string UnterminatedQuote = "KA0007";
    public const string MissingBlock = "KA0008";
    public const string ExtraCloseBrace = "KA0009";
    public const string UnclosedBlock = "KA0010";
    public const string UnexpectedBlock = "KA0011";
    public const string DefinitionCycle = "KA0012";
    public const string BadSequence = "KA0013";
    public const string BadList = "KA0014";
    public const string UnresolvedDefinition = "KA0015";
    public const string UnfinishedDefinition = "KA0016";
    public const string EmptyInclude = "KA0017";

    // Keywords and values
    public const string UnknownKeyword = "KA0101";
    public const string NotYetInForce = "KA0102";
    public const string DeprecatedKeyword = "KA0103";
    public const string MissingValue = "KA0104";
    public const string NotANumber = "KA0105";
    public const string OutOfRange = "KA0106";
    public const string ExtraWords = "KA0107";
    public const string NotABoolean = "KA0108";
    public const string BadAddress = "KA0109";
    public const string UnknownValue = "KA0110";
    public const string Repeated = "KA0111";
    public const string BadName = "KA0112";
    public const string Rounded = "KA0113";
    public const string BadScript = "KA0114";
    public const string BadEntry = "KA0115";

    // Virtual routers
    public const string DuplicateName = "KA0201";
    public const string MissingVrid = "KA0202";
    public const string MissingInterface = "KA0203";
    public const string DuplicateVrid = "KA0204";
    public const string NopreemptCleared = "KA0205";
    public const string PreemptDelayCleared = "KA0206";
    public const string IPv6NotInForce = "KA0207";
    public const string AuthenticationNotInForce = "KA0208";
    public const string AuthenticationIncomplete = "KA0209";
    public const string AuthenticationWithVersion3 = "KA0210";
    public const string PasswordTruncated = "KA0211";
    public const string NoVirtualAddress = "KA0212";
    public const string TooManyVirtualAddresses = "KA0213";
    public const string DuplicateAddress = "KA0214";
    public const string WrongFamily = "KA0215";
    public const string NotMulticast = "KA0216";
    public const string UnicastWithoutPeers = "KA0217";
    public const string NoSourceToTrack = "KA0218";
    public const string OwnerOnly = "KA0219";

    // Sync groups
    public const string UnknownMember = "KA0301";
    public const string SingleMember = "KA0302";
    public const string MemberOfTwoGroups = "KA0303";
    public const string EmptyGroup = "KA0304";
    public const string OwnersMixed = "KA0305";

    // Trackers, scripts and mail
    public const string UnknownTracker = "KA0401";
    public const string WeightVoid = "KA0402";
    public const string NotTracked = "KA0403";
    public const string FifoIncomplete = "KA0404";
    public const string MailIncomplete = "KA0405";
    public const string ScriptMissing = "KA0406";
    public const string ScriptNotExecutable = "KA0407";
    public const string ScriptInsecure = "KA0408";
    public const string ScriptUserMissing = "KA0409";
    public const string ScriptSecurityOff = "KA0410";
    public const string ScriptProblem = "KA0411";

    // Virtual and real servers
    public const string DefaultUsed = "KA0501";
}
