package dev.culvert.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boot.HostFinder;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Protocol;
import dev.culvert.boundary.Sample;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Values;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.Head;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.Wire;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/**
 * What the server gives to the WAR and what the WAR and the host see of each other. One class,
 * since on Payara Micro each deployment of Arquillian is a server of its own.
 */
@Inside
class WarInsideIT {

  private static final String FROM_BOTH = "culvert.transport.connect-timeout";

  @ArquillianResource private URL root;

  @Deployment
  static WebArchive war() throws IOException {
    Map<String, String> keys = new TreeMap<>();
    keys.put("culvert.upstreams.up.url", "ws://127.0.0.1:1");
    keys.put("culvert.routes.chat.path", "/chat/*");
    keys.put("culvert.routes.chat.upstreams", "up");
    keys.put("culvert.admin.roles", "ops");
    keys.put(FROM_BOTH, "2s");
    keys.put("culvert.upstreams.web.url", "http://127.0.0.1:" + FreePort.find());
    keys.put("culvert.routes.web.path", "/web/*");
    keys.put("culvert.routes.web.upstreams", "web");
    keys.put("culvert.routes.web.mode", "http");
    keys.put("culvert.transport.max-per-host", "5");
    keys.put("culvert.transport.max-idle", "0");
    return Inside.War.configured(keys)
        .addAsLibraries(ShrinkWrap.create(JavaArchive.class).addClass(SuppliedClients.class))
        .addClasses(Wire.class, Head.class, RequestHead.class, ResponseHead.class);
  }

  @Test
  void the_file_in_the_war_is_read() {
    Settings settings = SettingsReader.read(Values.find());

    assertThat(settings.routes()).containsOnlyKeys("chat", "web");
    assertThat(settings.upstreams().get("up").addresses()).hasSize(1);
    assertThat(settings.admin().managers()).isEqualTo(Set.of("ops"));
  }

  @Test
  void a_system_property_of_the_server_wins_over_it() {
    Config config = ConfigProvider.getConfig();

    assertThat(SettingsReader.read(Values.find()).connectTimeout())
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(config.getConfigSources())
        .filteredOn(source -> source.getPropertyNames().contains(FROM_BOTH))
        .anyMatch(source -> source.getOrdinal() == 400)
        .anyMatch(source -> source.getOrdinal() == 100);
  }

  @Test
  void the_web_application_does_not_see_the_host() {
    ClassLoader own = HostFinder.class.getClassLoader();

    assertThatThrownBy(() -> Class.forName("dev.culvert.host.HostMain", false, own))
        .isInstanceOf(ClassNotFoundException.class);
    assertThat(own.getResource("/WEB-INF/host/culvert-host.jar")).isNull();
  }

  @Test
  void the_host_does_not_see_the_web_application() throws Exception {
    ClassLoader host = theHost().getClass().getClassLoader();

    assertThat(host.getClass().getClassLoader()).isSameAs(ServletRequest.class.getClassLoader());
    assertThat(Stream.iterate(host, loader -> loader != null, ClassLoader::getParent))
        .doesNotContain(HostFinder.class.getClassLoader());
    assertThat(host.loadClass(HostBoundary.class.getName())).isNotSameAs(HostBoundary.class);
    assertThatThrownBy(() -> host.loadClass(HostFinder.class.getName()))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void two_deployments_find_one_host() {
    HostBoundary first = find();
    HostBoundary second = find();
    long one = first.deploy("inside-one");
    long other = second.deploy("inside-two");
    try {
      first.count(one, "inside_total", Map.of("side", "one"), 3);

      List<Map<String, Object>> samples = second.samples(one);

      assertThat(samples)
          .extracting(fields -> Fields.to(Sample.class, fields))
          .containsExactly(
              new Sample(
                  "inside_total", Sample.COUNTER, Map.of("side", "one"), 3, List.of(), List.of()));
      assertThat(second.samples(other)).isEmpty();
    } finally {
      first.undeploy(one);
      second.undeploy(other);
    }
    assertThatThrownBy(() -> second.samples(one)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_client_of_the_deployer_takes_the_requests_with_its_own_limits() throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    try (ServerSocket upstream =
            new ServerSocket(upstreamPort(), 8, InetAddress.getLoopbackAddress());
        Wire first = ask();
        Wire accepted = Wire.of(upstream.accept())) {
      assertThat(accepted.readRequest().all("User-Agent"))
          .containsExactly(SuppliedClients.USER_AGENT);
      try (Wire second = ask()) {
        upstream.setSoTimeout(500);
        assertThatThrownBy(upstream::accept).isInstanceOf(SocketTimeoutException.class);

        accepted.send(ok);
        assertThat(first.readResponse().status()).isEqualTo(200);
        // Kept although the gateway's clients keep none, and alone although they may have five.
        accepted.readRequest();
        accepted.send(ok);
        assertThat(second.readResponse().status()).isEqualTo(200);
      }
    }
    assertThat(SuppliedClients.POOL.getMaxTotal()).isEqualTo(SuppliedClients.MAX_TOTAL);
    assertThat(SuppliedClients.POOL.getDefaultMaxPerRoute())
        .isEqualTo(SuppliedClients.MAX_PER_ROUTE);
  }

  private static int upstreamPort() {
    return SettingsReader.read(Values.find()).upstreams().get("web").addresses().get(0).port();
  }

  private Wire ask() throws IOException {
    return Wire.connect(root.getPort())
        .send("GET " + root.getPath() + "web/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }

  /** The host is there, so nobody asks for the jar. */
  private static HostBoundary find() {
    return new HostFinder("inside", () -> null).find();
  }

  private static Object theHost() throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .getAttribute(
            new ObjectName("dev.culvert:type=Bridge,protocol=" + Protocol.version()), "Host");
  }
}
