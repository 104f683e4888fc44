package dev.culvert.it.clients;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TlsTerminator;
import dev.culvert.testkit.War;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket clients of others over TLS, with an upstream that speaks TLS too. */
@ExtendWith(ServerExtension.class)
class SecureClientsIT {

  private static final int LARGE = 1024 * 1024;

  private static SecureServer secure;
  private static EchoUpstream echo;
  private static TlsTerminator upstream;

  /** The JDK's client asks for HTTP/1.1 although the listener could do HTTP/2. */
  enum Kind {
    JDK,
    NODE;

    RealClient start() throws IOException, InterruptedException {
      return switch (this) {
        case JDK ->
            new JdkClient(HttpClient.newBuilder().sslContext(secure.clientContext()).build());
        case NODE ->
            ScriptClient.start(
                List.of("node", Tools.node().resolve("client.mjs").toString()),
                Map.of("NODE_EXTRA_CA_CERTS", secure.trust().toString()));
      };
    }
  }

  @BeforeAll
  static void start(SecureServer shared) throws IOException {
    secure = shared;
    echo = EchoUpstream.start();
    upstream =
        new TlsTerminator(
            secure.authority().issue("127.0.0.1").context(secure.authority().certificate()),
            echo.port());
  }

  @AfterAll
  static void stop() throws IOException {
    upstream.close();
    echo.close();
  }

  /** Both at once: the redeployments are the same. */
  @Test
  void echo_and_go_on_through_redeployments() throws Exception {
    Path war =
        War.culvert()
            .withConfig(
                Map.of(
                    "culvert.defaults.on-redeploy", "detached",
                    "culvert.routes.live.path", "/live",
                    "culvert.routes.live.upstreams", "up",
                    "culvert.upstreams.up.url", upstream.url(),
                    "culvert.upstreams.up.tls.trust", secure.trust().toString()))
            .packed();
    try (Clients<Kind> clients = Clients.start(Kind.class, Kind::start);
        Application application = secure.server().application("secure")) {
      application.deploy(war);
      String url = "wss://127.0.0.1:" + secure.tlsPort() + application.contextPath() + "/live";
      clients.open(url);
      clients.echo("text 20");
      clients.echo("binary " + LARGE);

      application.undeploy();
      clients.echo("text " + LARGE);
      application.deploy(war);
      application.redeploy(war);
      clients.echo("fragments " + LARGE);
      clients.requireAll();
    }
  }
}
