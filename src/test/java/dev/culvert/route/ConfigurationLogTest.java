package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an administrator is told of a configuration. */
class ConfigurationLogTest {

  private final Logger logger = Logger.getLogger("dev.culvert");
  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          lines.add(MessageFormat.format(entry.getMessage(), entry.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
  }

  private List<String> told(String id, String... keysAndValues) {
    var settings = TestSettings.of(keysAndValues);
    new ConfigurationLog("app", DeclaredRoles.of(TestSettings.of())).reloaded(settings);
    return lines.stream().filter(line -> line.startsWith(id)).toList();
  }

  @ParameterizedTest
  @CsvSource({"policy, hash:user", "session, user", "session, 'header:x, user'"})
  void routesThatLookAtUsersWhomNobodyAsks(String key, String value) {
    assertThat(told("CULVERT-G018", "culvert.routes.chat." + key, value))
        .singleElement()
        .asString()
        .endsWith("[chat]");
  }

  @Test
  void noneThatAsksThem() {
    assertThat(
            told(
                "CULVERT-G018",
                "culvert.routes.chat.policy",
                "hash:user",
                "culvert.routes.chat.roles",
                "**"))
        .isEmpty();
  }

  @Test
  void noneWhoseSessionsAreConversations() {
    assertThat(
            told(
                "CULVERT-G018",
                "culvert.routes.chat.mode",
                "turns",
                "culvert.routes.chat.session",
                "user"))
        .isEmpty();
  }

  @Test
  void routesThatHideTheAdministratorsPathsInOneLine() {
    assertThat(told("CULVERT-G009", "culvert.routes.chat.path", "/*"))
        .singleElement()
        .asString()
        .endsWith(
            "{chat=[/admin/health, /admin/metrics, /admin/pool, /admin/pool/evict,"
                + " /admin/providers, /admin/providers/disable, /admin/providers/drain,"
                + " /admin/providers/enable, /admin/providers/release, /admin/reload,"
                + " /admin/streams, /admin/streams/close]}");
  }

  @Test
  void rolesThatCameTooLate() {
    assertThat(told("CULVERT-G008", "culvert.routes.chat.roles", "late, **"))
        .singleElement()
        .asString()
        .endsWith("[late]");
  }
}
