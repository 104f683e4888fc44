package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TlsTerminator;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS between the client and the server, and between the server and the upstream. */
@ExtendWith(ServerExtension.class)
class TlsIT {

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static SecureServer secure;
  private static Identity upstreamIdentity;

  private Application application;
  private EchoUpstream echo;

  @BeforeAll
  static void startServer(SecureServer shared) {
    secure = shared;
    secure.server().setLogLevel("dev.culvert.stream", "FINE");
    upstreamIdentity = secure.authority().issue("127.0.0.1");
  }

  @BeforeEach
  void start() throws IOException {
    application = secure.server().application("tls");
    echo = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    application.close();
    echo.close();
  }

  private static TlsTerminator tlsFor(int port, String... protocols) throws IOException {
    return new TlsTerminator(
        upstreamIdentity.context(secure.authority().certificate()), port, protocols);
  }

  private static Config secureRoute(String name, String url) {
    return Config.empty()
        .set("defaults.on-redeploy", "detached")
        .routeTo(name, url)
        .set("upstreams." + name + ".tls.trust", secure.trust().toString());
  }

  private Client client(String protocol) {
    return Client.secure(application, secure, protocol);
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void streams_with_tls_at_both_ends_live_through_redeployments(String protocol) throws Exception {
    try (TlsTerminator upstream = tlsFor(echo.port(), protocol)) {
      Path war = secureRoute("echo", upstream.url()).packed();
      application.deploy(war);
      try (EchoStream webSocket = EchoStream.open(client(protocol), "/echo/");
          EchoStream opaque = EchoStream.open(client(protocol), "/echo/", RAW)) {
        webSocket.assertEchoes("first");
        opaque.assertEchoes("first");
        application.undeploy();
        webSocket.assertEchoes("while undeployed");
        opaque.assertEchoes("while undeployed");
        application.deploy(war);
        webSocket.assertEchoes("deployed");
        opaque.assertEchoes("deployed");
        application.redeploy(war);
        webSocket.assertEchoes("redeployed");
        opaque.assertEchoes("redeployed");
        Loaders.await(secure.server().jvm(), 1, "redeployed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void a_reader_that_is_late_gets_64_mebibytes_byte_for_byte(String protocol) throws Exception {
    int chunks = 1024;
    byte[] chunk = new byte[64 * 1024];
    new Random(1).nextBytes(chunk);
    BlockingQueue<Boolean> stalled = new ArrayBlockingQueue<>(1);
    try (ScriptedUpstream source =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(Upgrades.switching(request));
                  for (int i = 0; i < chunks; i++) {
                    if (i == chunks / 16) {
                      stalled.add(true);
                    }
                    connection.send(chunk);
                  }
                  connection.readToEnd();
                });
        TlsTerminator upstream = tlsFor(port(source), protocol)) {
      application.deploy(secureRoute("source", upstream.url()).packed());
      try (Wire wire = client(protocol).open("/source/", RAW)) {
        assertThat(stalled.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < chunks; i++) {
          assertThat(wire.read(chunk.length)).as("chunk %d", i).isEqualTo(chunk);
        }
      }
    }
  }

  @Test
  void half_close_goes_through_in_both_directions() throws Exception {
    BlockingQueue<byte[]> seen = new ArrayBlockingQueue<>(1);
    try (ScriptedUpstream source =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(Upgrades.switching(request));
                  seen.add(connection.readToEnd());
                  connection.send(new byte[4321]);
                });
        TlsTerminator upstream = tlsFor(port(source), TLS_1_3)) {
      application.deploy(secureRoute("half", upstream.url()).packed());
      int mark = secure.server().log().mark();
      try (Wire wire = client(TLS_1_3).open("/half/", RAW)) {
        wire.send(new byte[1234]).endOutput();

        assertThat(seen.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(1234);
        assertThat(wire.readToEnd()).hasSize(4321);
      }
      assertThat(secure.server().log().await(mark, "CULVERT-S002.*route=half", LIMIT))
          .contains("result=closed");
    }
  }

  @Test
  void certificates_that_do_not_fit_are_502_with_the_reason_in_the_log() throws Exception {
    CertificateAuthority stranger = new CertificateAuthority("stranger");
    try (TlsTerminator expired = terminator(secure.authority().issueExpired("127.0.0.1"));
        TlsTerminator other = terminator(secure.authority().issue("other.test"));
        TlsTerminator unknown = terminator(stranger.issue("127.0.0.1"));
        TlsTerminator strict = strict()) {
      Config config = Config.empty();
      config = config.routeTo("expired", expired.url()).routeTo("other", other.url());
      config = config.routeTo("unknown", unknown.url()).routeTo("strict", strict.url());
      for (String name : new String[] {"expired", "other", "unknown", "strict"}) {
        config = config.set("upstreams." + name + ".tls.trust", secure.trust().toString());
      }
      application.deploy(config.packed());

      assertRefused("expired", expired, "TLS: the certificate has expired");
      assertRefused("other", other, "TLS: the certificate does not fit");
      assertRefused("unknown", unknown, "TLS: the certificate is not trusted");
      assertRefused("strict", strict, "TLS: Received fatal alert: ");
    }
  }

  private TlsTerminator terminator(Identity identity) throws IOException {
    return new TlsTerminator(identity.context(secure.authority().certificate()), echo.port());
  }

  private TlsTerminator strict() throws IOException {
    return new TlsTerminator(
        upstreamIdentity.context(secure.authority().certificate()), echo.port(), true);
  }

  private void assertRefused(String name, TlsTerminator upstream, String reason)
      throws IOException {
    int mark = secure.server().log().mark();
    try (Wire wire = client(TLS_1_3).ask("/" + name + "/", "websocket")) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
    assertThat(secure.server().log().await(mark, "CULVERT-R001.*route=" + name, LIMIT))
        .contains("status=502")
        .contains(upstream.url().substring("wss://".length()) + ": " + reason);
  }

  @Test
  void a_client_certificate_opens_what_asks_for_one() throws Exception {
    Identity own = secure.authority().issue("gateway");
    Path pem = Files.writeString(secure.directory().resolve("gateway.pem"), own.pem());
    Path store = own.write(secure.directory().resolve("gateway.p12"), "PKCS12", "any", "secret");
    try (TlsTerminator strict = strict()) {
      application.deploy(
          secureRoute("pem", strict.url())
              .routeTo("store", strict.url())
              .set("upstreams.pem.tls.key", pem.toString())
              .set("upstreams.store.tls.trust", secure.trust().toString())
              .set("upstreams.store.tls.key", store.toString())
              .set("upstreams.store.tls.key-password", "secret")
              .packed());
      for (String path : new String[] {"/pem/", "/store/"}) {
        try (EchoStream stream = EchoStream.open(client(TLS_1_3), path)) {
          stream.assertEchoes(path);
        }
      }
    }
  }

  private static int port(ScriptedUpstream upstream) {
    String authority = upstream.authority();
    return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
  }
}
