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
import jakarta.servlet.ServletRequest;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/**
 * What the server gives to the WAR and what the WAR and the host see of each other. One class,
 * since on Payara Micro each deployment of Arquillian is a server of its own.
 */
@Inside
class WarInsideIT {

  private static final String FROM_BOTH = "culvert.transport.connect-timeout";

  @Deployment
  static WebArchive war() {
    return Inside.War.configured(
        Map.of(
            "culvert.upstreams.up.url",
            "ws://127.0.0.1:1",
            "culvert.routes.chat.path",
            "/chat/*",
            "culvert.routes.chat.upstreams",
            "up",
            "culvert.admin.roles",
            "ops",
            FROM_BOTH,
            "2s"));
  }

  @Test
  void the_file_in_the_war_is_read() {
    Settings settings = SettingsReader.read(Values.find());

    assertThat(settings.routes()).containsOnlyKeys("chat");
    assertThat(settings.upstreams().get("up").addresses()).hasSize(1);
    assertThat(settings.adminRoles()).isEqualTo(Set.of("ops"));
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
