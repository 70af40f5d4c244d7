using System.Reflection;
using System.Text;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tests.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Events;

/// <summary>No event can carry a password: not by its fields, and not by the texts that go into them.</summary>
public sealed class SecretsInEventsTests
{
    private const string Secret = "hunter2x";

    [Fact]
    public void No_event_has_a_place_for_one()
    {
        var seen = new HashSet<Type>();
        var waiting = new Queue<Type>(EventCatalog.Aliases.Select(alias => Type.GetType(EventCatalog.DotNetTypeOf(alias)!)!));
        while (waiting.TryDequeue(out Type? type))
        {
            if (!seen.Add(type) || type.Namespace?.StartsWith("Keepalived", StringComparison.Ordinal) != true)
            {
                Array.ForEach(type.IsGenericType ? type.GetGenericArguments() : [], waiting.Enqueue);
                continue;
            }

            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Assert.DoesNotMatch("(?i)password|secret|auth|token|credential", property.Name);
                waiting.Enqueue(property.PropertyType);
            }
        }

        Assert.Contains(typeof(VrrpConfig), seen);
    }

    [Theory]
    [InlineData("auth_type PASS\nauth_pass hunter2x")]
    [InlineData("auth_type PASS\nauth_pass \"hunter2x\"")]
    [InlineData("auth_type PASS\nauth_pass 'hunter2x'")]
    [InlineData("auth_type PASS\nauth_pass hunter2xx")]          // too long, and said so
    [InlineData("auth_type PASS\nauth_pass hunter2x extra")]
    [InlineData("auth_type PASS\nauth_pass\thunter2x # a comment")]
    [InlineData("auth_type AH\nauth_pass hunter2x")]
    [InlineData("auth_type NONSENSE\nauth_pass hunter2x")]
    [InlineData("auth_pass hunter2x\nauth_pass hunter2x")]
    public void No_text_of_a_configuration_brings_one(string lines)
    {
        ConfigParse parse = Configs.Read("global_defs {\nvrrp_version 2\n}\n" + Configs.Instance($"authentication {{\n{lines}\n}}"));
        string[] diagnostics = [.. parse.Diagnostics.Select(diagnostic => diagnostic.ToString())];
        List<INodeEvent> events =
        [
            new ConfigurationLoaded("node-a", Configs.Path, "", parse.Text, diagnostics), new ConfigurationRejected("node-a", Configs.Path, "", diagnostics),
            .. (parse.Config?.Instances ?? []).Select(instance => new InstanceConfigured("node-a", instance.Vrrp.Instance, instance.Interface, default, [], [], instance.Vrrp)),
        ];
        Assert.All(events, made => Assert.DoesNotContain(Secret, EventCatalog.Serialize(made).GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_complaint_about_a_packet_never_shows_its_password()
    {
        byte[] password = Encoding.ASCII.GetBytes(Secret);
        var format = new AdvertisementFormat { Vrid = 51, Version = 2, AdverInterval = TimeSpan.FromSeconds(1), Password = [.. password] };
        byte[] message = [0x21, 51, 100, 0, 1, 1, 0, 0, .. password];
        var envelope = new AdvertisementEnvelope(RouterAddress.Parse("192.0.2.2"), RouterAddress.Parse("224.0.0.18"), 255);
        foreach (AdvertisementVerdict verdict in Enum.GetValues<AdvertisementVerdict>())
        {
            string complaint = AdvertisementComplaint.Of(verdict, format, in envelope, message);
            Assert.DoesNotContain(Secret, complaint, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(password), complaint, StringComparison.OrdinalIgnoreCase);
        }
    }
}
