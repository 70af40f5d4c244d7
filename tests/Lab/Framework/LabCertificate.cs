using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keepalived.Es.Lab.Framework;

/// <summary>A certificate for an address, signed by an intermediate authority of the lab's own, which a server has to send along.</summary>
internal sealed record LabCertificate(string AuthorityFile, string CertificateFile, string KeyFile)
{
    /// <summary>Makes the files.</summary>
    internal static LabCertificate Create(string folder, string address)
    {
        using ECDsa rootKey = ECDsa.Create(), middleKey = ECDsa.Create(), key = ECDsa.Create();
        CertificateRequest rootRequest = Request("lab root", rootKey, isAuthority: true);
        using X509Certificate2 root = rootRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(9));
        using X509Certificate2 middle = Sign(Request("lab intermediate", middleKey, isAuthority: true), root, rootKey);
        CertificateRequest leafRequest = Request(address, key, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        leafRequest.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = Sign(leafRequest, middle, middleKey);
        var files = new LabCertificate(Path.Combine(folder, "ca.pem"), Path.Combine(folder, "kes.pem"), Path.Combine(folder, "kes.key"));
        File.WriteAllText(files.AuthorityFile, root.ExportCertificatePem());
        File.WriteAllText(files.CertificateFile, $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        File.WriteAllText(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        return request;
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, ECDsa issuerKey) => request.Create(
        issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(8),
        RandomNumberGenerator.GetBytes(8));
}
