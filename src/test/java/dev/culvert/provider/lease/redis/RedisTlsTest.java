package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Login;
import dev.culvert.config.RedisRules;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.UpstreamTls;
import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.MapValues;
import dev.culvert.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks TLS and wants to know who asks. */
@Timeout(60)
class RedisTlsTest {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("redis");
  private static final Lease LEASE = Lease.of("up", "session");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private int port;
  private RedisServer server;

  @BeforeEach
  void start() throws IOException {
    start("redis.test");
  }

  /**
   * Starts it.
   *
   * @param host whom its certificate is for
   */
  private void start(String host) throws IOException {
    port = FreePort.find();
    Path pem = Files.writeString(directory.resolve("redis.pem"), AUTHORITY.issue(host).pem());
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--tls-port", Integer.toString(port)));
    options.addAll(List.of("--tls-cert-file", pem.toString(), "--tls-key-file", pem.toString()));
    options.addAll(List.of("--tls-ca-cert-file", pem.toString(), "--tls-auth-clients", "no"));
    options.addAll(List.of("--user", "default", "on", ">all:secret", "allkeys", "allcommands"));
    options.addAll(List.of("--user", "gate", "on", ">pass word"));
    options.addAll(documentedRights());
    server = RedisServer.start(options.toArray(String[]::new));
  }

  /** Of a user of its own. */
  private static List<String> documentedRights() throws IOException {
    Matcher rights =
        Pattern.compile("needs `(~culvert:\\*)` and `([^`]+)`")
            .matcher(Files.readString(Path.of("docs/providers.md")));
    assertThat(rights.find()).isTrue();
    List<String> all = new ArrayList<>(List.of(rights.group(1)));
    all.addAll(List.of(rights.group(2).split(" ")));
    return all;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RedisRules rules(Optional<Login> login, CertificateAuthority trusted, String name) {
    UpstreamTls tls =
        new UpstreamTls(
            Identity.anonymous(trusted.certificate()), Optional.of(name), "fingerprint");
    return new RedisRules(
        List.of(new RedisRules.Node("127.0.0.1", port)), login, 0, Optional.of(tls), "culvert");
  }

  private static void assertServes(RedisRules redis) {
    try (Node node = node(redis)) {
      await("the first connection").atMost(LIMIT).until(node.store::up);
      assertThat(admission(node)).isEqualTo(new Admitted(LEASE, true));
    }
  }

  private static void assertIsAnOutage(RedisRules redis) {
    try (Node node = node(redis)) {
      assertThat(admission(node)).isEqualTo(new Admitted(LEASE, false));
      assertThat(node.store.up()).isFalse();
    }
  }

  private static Node node(RedisRules redis) {
    return new Node(redis, Duration.ofMinutes(5), true, System::nanoTime);
  }

  private static Object admission(Node node) {
    return node.store
        .acquire(LEASE, 1)
        .toCompletableFuture()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  @Test
  void aUserNeedsTheDocumentedRightsAndNoOthers() {
    assertServes(rules(Optional.of(new Login("gate", "pass word")), AUTHORITY, "redis.test"));
  }

  @Test
  void aPasswordAloneIsTheDefaultUsers() {
    assertServes(rules(Optional.of(new Login("", "all:secret")), AUTHORITY, "redis.test"));
  }

  @Test
  void aWrongPasswordOrNoneIsAnOutage() {
    assertIsAnOutage(rules(Optional.of(new Login("gate", "wrong")), AUTHORITY, "redis.test"));
    assertIsAnOutage(rules(Optional.empty(), AUTHORITY, "redis.test"));
  }

  @Test
  void aServerThatIsNotTrustedIsAnOutage() {
    Optional<Login> login = Optional.of(new Login("", "all:secret"));
    assertIsAnOutage(rules(login, new CertificateAuthority("other"), "redis.test"));
    assertIsAnOutage(rules(login, AUTHORITY, "elsewhere.test"));
  }

  /** As a configuration says it. */
  private RedisRules configured() throws IOException {
    Path trust = directory.resolve("trust.pem");
    Files.writeString(trust, Identity.pem(AUTHORITY.certificate()));
    Map<String, String> values =
        Map.of(
            "culvert.sessions.store",
            "redis",
            "culvert.sessions.redis.url",
            "rediss://:all%3Asecret@127.0.0.1:" + port,
            "culvert.sessions.redis.tls.trust",
            trust.toString());
    return SettingsReader.read(new MapValues(values)).sessions().redis().orElseThrow();
  }

  @Test
  void aConfiguredAuthorityIsBelievedOfTheHostInTheUrl() throws IOException {
    stop();
    start("127.0.0.1");

    assertServes(configured());
  }

  @Test
  void anotherHostsCertificateIsAnOutageThatSaysSo() throws IOException {
    try (Warnings warnings = new Warnings()) {
      assertIsAnOutage(configured());

      assertThat(warnings.of("CULVERT-E001"))
          .singleElement()
          .asString()
          .contains("SSLHandshakeException", "127.0.0.1");
    }
  }
}
