package dev.culvert.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues certificates for one run of the tests. */
public final class CertificateAuthority {

  private static final Duration LIFE = Duration.ofDays(2);

  private final X500Name name;
  private final KeyPair keys = keyPair();
  private final X509Certificate certificate;

  public CertificateAuthority(String commonName) {
    name = new X500Name("CN=" + commonName);
    certificate = sign(builder(name, keys, Instant.now().minus(LIFE), new String[0]));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** A certificate that is good now, for host names and IP addresses. */
  public Identity issue(String... hosts) {
    return issue(Instant.now().minus(LIFE), hosts);
  }

  /** One whose time is over. */
  public Identity issueExpired(String... hosts) {
    return issue(Instant.now().minus(LIFE.multipliedBy(3)), hosts);
  }

  private Identity issue(Instant from, String... hosts) {
    KeyPair own = keyPair();
    X500Name subject = new X500Name("CN=" + hosts[0]);
    return new Identity(own.getPrivate(), sign(builder(subject, own, from, hosts)), certificate);
  }

  /** Valid for twice the life from then on. */
  private X509v3CertificateBuilder builder(
      X500Name subject, KeyPair own, Instant from, String[] hosts) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(64, new SecureRandom()),
              Date.from(from),
              Date.from(from.plus(LIFE.multipliedBy(2))),
              subject,
              own.getPublic());
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(hosts.length == 0));
      if (hosts.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(hosts)
                    .map(CertificateAuthority::generalName)
                    .toArray(GeneralName[]::new)));
      }
      return builder;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralName generalName(String host) {
    boolean address = host.contains(":") || host.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
