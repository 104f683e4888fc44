package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.TlsTerminator;
import dev.culvert.testkit.War;
import dev.culvert.testkit.WorkDirectory;
import dev.culvert.testkit.app.JvmDefaultsServlet;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the JVM has for all applications is as it was before, on a server that has never had Culvert
 * before.
 */
class IsolationIT {

  private final CertificateAuthority authority = new CertificateAuthority("tests");

  @Test
  void another_application_finds_what_it_found_before() throws Exception {
    Identity identity = authority.issue("127.0.0.1");
    Path trust = WorkDirectory.create("isolation").resolve("ca.pem");
    Files.writeString(trust, Identity.pem(authority.certificate()));
    try (EchoUpstream echo = EchoUpstream.start();
        TlsTerminator secure =
            new TlsTerminator(identity.context(authority.certificate()), echo.port());
        SimulatedUpstream model = SimulatedUpstream.start();
        ScriptedUpstream web =
            ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        TestServer server = TestServer.start();
        Application other = server.application("other");
        Application application = server.application("culvert")) {
      other.deploy(War.empty().withClasses(JvmDefaultsServlet.class).packed());
      Map<String, String> before = defaults(other);
      assertThat(before).containsKeys("property java.home", "ProxySelector", "HttpClient");

      application.deploy(
          Config.empty()
              .routeTo("tunnel", secure.url())
              .set("upstreams.tunnel.tls.trust", trust.toString())
              .routeTo("relay", echo.url())
              .onRoute("relay", "mode", "relay")
              .routeTo("web", web.url())
              .onRoute("web", "mode", "http")
              .turns("model", "model", model.port())
              .packed());
      assertThat(defaults(other)).as("deployed").isEqualTo(before);

      for (String path : new String[] {"/tunnel/", "/relay/"}) {
        try (EchoStream stream = EchoStream.open(new Client(application), path)) {
          stream.assertEchoes("hello");
          assertThat(defaults(other)).as(path).isEqualTo(before);
        }
      }
      assertThat(HttpAnswers.get(application.http("/web/"), HttpAnswers.ANONYMOUS).body())
          .isEqualTo("hello");
      assertThat(new TurnPeer(application, "/model/").ask("conversation").statusCode())
          .isEqualTo(200);
      assertThat(defaults(other)).as("after a request and a turn").isEqualTo(before);

      application.undeploy();
      assertThat(defaults(other)).as("undeployed").isEqualTo(before);
    }
  }

  private static Map<String, String> defaults(Application other) throws Exception {
    HttpResponse<String> answer = HttpAnswers.get(other.http("/defaults"), HttpAnswers.ANONYMOUS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Properties seen = new Properties();
    seen.load(new StringReader(answer.body()));
    Map<String, String> defaults = new TreeMap<>();
    seen.stringPropertyNames().forEach(name -> defaults.put(name, seen.getProperty(name)));
    return defaults;
  }
}
