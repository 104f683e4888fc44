package dev.culvert.config;

import static dev.culvert.config.Configs.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Upstream.Address;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsReaderTest {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("ca");
  private static final Identity OWN = AUTHORITY.issue("gateway");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "ws://a, 80, false",
    "wss://a, 443, true",
    "https://a, 443, true",
    "WSS://a:9443, 9443, true"
  })
  void theSchemeDecides(String url, int port, boolean secure) {
    Upstream upstream = upstream("url", url);

    Address address = upstream.addresses().get(0);
    assertThat(address.port()).isEqualTo(port);
    assertThat(address.secure()).isEqualTo(secure);
    assertThat(upstream.tls().isPresent()).isEqualTo(secure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "JKS"})
  void storesAreKnownByTheirContent(String type) {
    Path trust = Identity.writeTrust(directory.resolve("t"), type, "pass", AUTHORITY.certificate());
    Path key = OWN.write(directory.resolve("k"), type, "any", "word");

    assertThat(
            upstream(
                    "tls.trust",
                    trust.toString(),
                    "tls.trust-password",
                    "pass",
                    "tls.key",
                    key.toString(),
                    "tls.key-password",
                    "word")
                .tls())
        .isPresent();
  }

  @Test
  void pemFilesMayHoldSeveralCertificatesAndNotes() throws Exception {
    String other = Identity.pem(new CertificateAuthority("other").certificate());
    Path trust = file("ca", "first:\n" + Identity.pem(AUTHORITY.certificate()) + "#\n" + other);
    Path key = file("key", OWN.pem());

    assertThat(upstream("tls.trust", trust.toString(), "tls.key", key.toString()).tls())
        .isPresent();
  }

  @Test
  void keysInPemFilesMayBeEncrypted() throws Exception {
    Path key =
        file(
            "key",
            Identity.block("ENCRYPTED PRIVATE KEY", encrypted(OWN.key(), "word"))
                + Identity.pem(OWN.certificate()));

    assertThat(upstream("tls.key", key.toString(), "tls.key-password", "word").tls()).isPresent();
    assertThat(problems("tls.key", key.toString()))
        .containsExactly(
            "culvert.upstreams.a.tls.key: "
                + key
                + " (expected: tls.key-password, since the key is encrypted)");
  }

  /** PKCS #8 with PBES2, as openssl writes it. */
  private static byte[] encrypted(PrivateKey key, String password)
      throws OperatorCreationException, IOException {
    OutputEncryptor encryptor =
        new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
            .setProvider(new BouncyCastleProvider())
            .setPRF(PKCS8Generator.PRF_HMACSHA256)
            .setPassword(password.toCharArray())
            .build();
    return new JcaPKCS8Generator(key, encryptor).generate().getContent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls.trust", "tls.key"})
  void filesOfNoUseAreNamed(String key) throws Exception {
    for (String content : List.of("", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n")) {
      Path file = file("bad", content);

      assertThat(problems(key, file.toString()))
          .singleElement()
          .asString()
          .startsWith("culvert.upstreams.a." + key + ": " + file + " (expected: ");
    }
    assertThat(problems(key, "/no/such/file"))
        .singleElement()
        .asString()
        .startsWith("culvert.upstreams.a." + key + ": /no/such/file (expected: a file that can be");
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsOfNoUse() throws Exception {
    Identity other = AUTHORITY.issue("other");
    Path key =
        file(
            "key",
            Identity.block("PRIVATE KEY", other.key().getEncoded())
                + Identity.pem(OWN.certificate()));

    assertThat(problems("tls.key", key.toString()))
        .singleElement()
        .asString()
        .endsWith("(expected: the key's own certificate before the others)");
  }

  @Test
  void aWrongPasswordIsToldAndNotShown() {
    Path key = OWN.write(directory.resolve("k"), "PKCS12", "any", "word");

    assertThat(problems("tls.key", key.toString(), "tls.key-password", "secret7"))
        .singleElement()
        .asString()
        .startsWith("culvert.upstreams.a.tls.key: " + key + " (expected: a PEM file, or a PKCS #12")
        .doesNotContain("secret7");
  }

  @Test
  void aKeyWithoutEffectIsAnError() {
    assertThat(problems("url", "ws://a", "tls.server-name", "b", "tls.key-password", "secret7"))
        .containsExactlyInAnyOrder(
            "culvert.upstreams.a.tls.server-name: b (expected: not without a wss:// or https://"
                + " url)",
            "culvert.upstreams.a.tls.key-password: *** (expected: not without the file that it is"
                + " for)");
    assertThat(problems("tls.trust-password", "secret7"))
        .containsExactly(
            "culvert.upstreams.a.tls.trust-password: *** (expected: not without the file that it"
                + " is for)");
  }

  @Test
  void settingsAreEqualAsLongAsTheFilesHaveTheSameContent() throws Exception {
    Path trust = file("ca", Identity.pem(AUTHORITY.certificate()));
    Upstream before = upstream("tls.trust", trust.toString());

    assertThat(upstream("tls.trust", trust.toString())).isEqualTo(before).hasSameHashCodeAs(before);
    assertThat(upstream("tls.trust", trust.toString(), "tls.server-name", "b"))
        .isNotEqualTo(before);

    file("ca", Identity.pem(new CertificateAuthority("ca").certificate()));
    assertThat(upstream("tls.trust", trust.toString())).isNotEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"wss://A.test:1, a.test", "'wss://[::1]:1', ::1", "wss://10.0.0.1, 10.0.0.1"})
  void theServersNameIsThatOfTheUrl(String url, String name) {
    Upstream upstream = upstream("url", url);

    assertThat(upstream.tls().orElseThrow().serverNameAt(upstream.addresses().get(0)))
        .isEqualTo(name);
  }

  @Test
  void theServersNameCanBeSet() {
    Upstream upstream = upstream("tls.server-name", "Other.test");

    assertThat(upstream.tls().orElseThrow().serverNameAt(upstream.addresses().get(0)))
        .isEqualTo("other.test");
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static Map<String, String> config(String... keysAndValues) {
    Map<String, String> config = new HashMap<>();
    config.put("culvert.upstreams.a.url", "wss://a");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put("culvert.upstreams.a." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return config;
  }

  private static Upstream upstream(String... keysAndValues) {
    return read(config(keysAndValues)).upstreams().get("a");
  }

  private static List<String> problems(String... keysAndValues) {
    return Configs.problems(config(keysAndValues));
  }
}
