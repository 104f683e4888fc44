package dev.culvert.bench;

import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one certificate that every contestant shows, in the forms that servers read.
 *
 * @param authority who issued it, PEM
 * @param pem key and certificates
 * @param store PKCS #12, as Payara wants it
 * @param keyStore JKS, as WildFly's configuration names it
 */
record Certificate(Path authority, Path pem, Path store, Path keyStore) {

  /** Of {@link #store}. */
  static final String PASSWORD = "changeit";

  /** Makes one for loopback: an elliptic curve of 256 bits. */
  static Certificate make(Path directory) throws IOException {
    Files.createDirectories(directory);
    CertificateAuthority issuer = new CertificateAuthority("benchmark");
    Identity identity = issuer.issue("127.0.0.1", "localhost");
    return new Certificate(
        Files.writeString(directory.resolve("ca.pem"), Identity.pem(issuer.certificate()))
            .toAbsolutePath(),
        Files.writeString(directory.resolve("listener.pem"), identity.pem()).toAbsolutePath(),
        identity
            .write(directory.resolve("listener.p12"), "PKCS12", "s1as", PASSWORD)
            .toAbsolutePath(),
        identity
            .write(directory.resolve("listener.jks"), "JKS", "server", "password")
            .toAbsolutePath());
  }
}
