package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamLogTest {

  private static final String LOGGER = "test.culvert.streams";

  private final Logger logger = Logger.getLogger(LOGGER);
  private final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();
  private final Handler handler = new Collector();
  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();
  private final long deployment = rig.deploy(server);

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void end() throws IOException {
    logger.removeHandler(handler);
    rig.close();
  }

  @Test
  void aStreamIsLoggedWhenItOpensAndWhenItEnds() throws Exception {
    Opened stream = rig.open(deployment, server, fields("INFO", true));
    stream.client().endOutput();
    stream.upstream().endOutput();

    LogRecord opened = next();
    LogRecord closed = next();
    assertThat(opened.getLevel()).isEqualTo(Level.INFO);
    assertThat(opened.getMessage())
        .isEqualTo(
            "CULVERT-S001 stream opened id=%s route=route upstream=up address=%s user=\"ann\\\"\" client=10.0.0.1"
                .formatted(stream.id(), server.address()));
    assertThat(closed.getMessage())
        .startsWith("CULVERT-S002 stream closed id=" + stream.id())
        .contains(" result=closed code=1006 reason=\"\" duration-ms=")
        .endsWith(
            " bytes-to-upstream=8 bytes-from-upstream=6"
                + " frames-to-upstream=0 frames-from-upstream=0"
                + " messages-to-upstream=0 messages-from-upstream=0 detail=\"\"");
  }

  @Test
  void theOpeningNeedNotBeLogged() throws Exception {
    Opened stream = rig.open(deployment, server, fields("INFO", false));
    stream.client().endOutput();
    stream.upstream().endOutput();

    assertThat(next().getMessage()).startsWith("CULVERT-S002");
  }

  @Test
  void aLevelThatIsNotOnLogsNothing() throws Exception {
    Opened quiet = rig.open(deployment, server, fields("DEBUG", true));
    quiet.client().endOutput();
    quiet.upstream().endOutput();
    quiet.assertHungUp();
    Opened loud = rig.open(deployment, server, fields("INFO", true));

    assertThat(next().getMessage()).contains(loud.id());
  }

  @ParameterizedTest
  @CsvSource({
    "plain, \"plain\"",
    "'say \"hi\"', '\"say \\\"hi\\\"\"'",
    "back\\slash, '\"back\\\\slash\"'",
    "'', '\"\"'",
  })
  void valuesOfOthersAreQuoted(String value, String quoted) {
    assertThat(StreamLog.quoted(value)).isEqualTo(quoted);
  }

  @Test
  void controlCharactersCannotEndALine() {
    assertThat(StreamLog.quoted("a\r\nb\u2028c\u001bd\u0085"))
        .isEqualTo("\"a\\u000d\\u000ab\\u2028c\\u001bd\\u0085\"");
  }

  @Test
  void longValuesAreCut() {
    assertThat(StreamLog.quoted("x".repeat(1000))).hasSize(202);
  }

  private static Object[] fields(String level, boolean handshake) {
    return new Object[] {
      "logger",
      LOGGER,
      "logLevel",
      level,
      "logHandshake",
      handshake,
      "user",
      "ann\"",
      "client",
      "10.0.0.1"
    };
  }

  private LogRecord next() throws InterruptedException {
    LogRecord log = records.poll(10, TimeUnit.SECONDS);
    assertThat(log).as("log record").isNotNull();
    return log;
  }

  private final class Collector extends Handler {
    @Override
    public void publish(LogRecord log) {
      records.add(log);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
