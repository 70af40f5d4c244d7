using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>A password appears neither in the consolidated text nor in a diagnostic, however it is written.</summary>
public sealed class SecretTests
{
    private const string Secret = "tops3cret";

    [Theory]
    [InlineData("authentication {\nauth_type PASS\nauth_pass tops3cret\n}")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass \"tops3cret\"\n}")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass tops3cret tops3cret\n}")]
    [InlineData("authentication {\nauth_type PASS auth_pass tops3cret\n}")]
    [InlineData("authentication {\nauth_type tops3cret\n}")]
    [InlineData("authentication {\nauth_pass\ntops3cret\n}")]
    [InlineData("authentication {\nauth_pas tops3cret\n}")]
    [InlineData("authentication {\npassword tops3cret\n}")]
    [InlineData("authentication {\ntops3cret {\n}\n}")]
    [InlineData("authentication tops3cret {\nauth_type PASS\n}")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass { tops3cret }\n}")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass \"tops3cret\n}")]
    [InlineData("auth_pass tops3cret")]
    [InlineData("auth_hmac {\nkey 1 tops3cret\n}")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass ${PASS}\n}")]
    [InlineData("authentication {\n$AUTH\n}")]
    public void A_password_is_never_shown(string lines)
    {
        ConfigParse parse = Configs.Read($"$PASS={Secret}\n$AUTH=auth_pass {Secret}\n" + Configs.Instance(lines));
        Assert.DoesNotContain(Secret, parse.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ConfigReport.Text(parse), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ConfigReport.Json(parse), StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_shows_asterisks_in_its_place() =>
        Assert.Contains(
            "        auth_pass ********\n",
            Configs.Read(Configs.Instance("authentication {\nauth_type PASS\nauth_pass abc\n}")).Text,
            StringComparison.Ordinal);
}
