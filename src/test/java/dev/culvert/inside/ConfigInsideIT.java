package dev.culvert.inside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** What the server's MicroProfile Config says inside the WAR. */
@Inside
class ConfigInsideIT {

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
    Settings settings = SettingsReader.read(ConfigProvider.getConfig());

    assertThat(settings.routes()).containsOnlyKeys("chat");
    assertThat(settings.upstreams().get("up").addresses()).hasSize(1);
    assertThat(settings.adminRoles()).isEqualTo(Set.of("ops"));
  }

  @Test
  void a_system_property_of_the_server_wins_over_it() {
    Config config = ConfigProvider.getConfig();

    assertThat(SettingsReader.read(config).connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.getConfigSources())
        .filteredOn(source -> source.getPropertyNames().contains(FROM_BOTH))
        .anyMatch(source -> source.getOrdinal() == 400)
        .anyMatch(source -> source.getOrdinal() == 100);
  }
}
