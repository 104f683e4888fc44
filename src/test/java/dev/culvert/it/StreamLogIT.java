package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the log tells of streams, and how the configuration changes it. */
@ExtendWith(ServerExtension.class)
class StreamLogIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private EchoUpstream echo;
  private Config config;
  private ServerLog log;
  private int mark;

  @BeforeEach
  void start(Application application) throws IOException {
    echo = EchoUpstream.start();
    config = Config.empty().routeTo("logged", echo.url());
    log = application.server().log();
    mark = log.mark();
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  @Test
  void tells_of_the_opening_and_of_the_end_at_debug_level(Application application)
      throws IOException {
    application.server().setLogLevel("dev.culvert.stream", "FINE");
    application.deploy(config.packed());

    try (Wire wire = new Client(application).open("/logged/", "websocket")) {
      byte[] text = WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, new byte[3]).bytes();
      assertThat(WebSocketFrame.read(wire.send(text)).payload()).hasSize(3);
      byte[] close =
          ByteBuffer.allocate(8).putShort((short) 4001).put("a \"b\"\n".getBytes(US_ASCII)).array();
      wire.send(WebSocketFrame.ofClient(true, WebSocketFrame.CLOSE, close).bytes());
      assertThat(WebSocketFrame.read(wire).closeCode()).isEqualTo(4001);
    }

    String opened = log.await(mark, "CULVERT-S001 ", LIMIT);
    String ended = log.await(mark, "CULVERT-S002 ", LIMIT);
    String identity =
        " id=[a-z0-9-]+ route=logged upstream=logged address=127\\.0\\.0\\.1:"
            + echo.port()
            + " user=\"\" client=127\\.0\\.0\\.1";
    assertThat(opened)
        .contains("[dev.culvert.stream]")
        .containsPattern("FINE|DEBUG")
        .containsPattern(identity);
    assertThat(ended)
        .contains("[dev.culvert.stream]")
        .containsPattern("FINE|DEBUG")
        .containsPattern(identity)
        .contains("result=closed", "code=4001", "reason=\"a \\\"b\\\"\\u000a\"")
        .containsPattern("duration-ms=\\d+ ")
        .contains("bytes-to-upstream=23 ", "bytes-from-upstream=15 ")
        .contains("frames-to-upstream=2 ", "frames-from-upstream=2 ")
        .contains("messages-to-upstream=1 ", "messages-from-upstream=1 ");
  }

  @Test
  void uses_the_level_and_the_logger_of_the_configuration(Application application)
      throws IOException {
    Path war =
        config
            .set("stream.logs.level", "info")
            .set("stream.logs.logger", "audit.streams")
            .set("stream.logs.handshake", "false")
            .packed();
    application.deploy(war);

    new Client(application).open("/logged/", RAW).close();

    assertThat(log.await(mark, "CULVERT-S002 ", LIMIT)).contains("INFO", "[audit.streams]");
    assertThat(log.find(mark, "CULVERT-S001 ")).isEmpty();
  }

  @Test
  void tells_once_that_connections_are_taken_over(Application application) throws IOException {
    application.deploy(config.packed());

    for (int i = 0; i < 3; i++) {
      EchoStream.open(new Client(application), "/logged/").finish();
    }

    assertThat(log.linesFrom(mark))
        .filteredOn(line -> line.contains("CULVERT-G014") || line.contains("CULVERT-G010"))
        .singleElement()
        .asString()
        .contains("INFO", "CULVERT-G014 connections are taken over from the server");
  }

  @Test
  void a_bad_level_fails_the_deployment_and_is_named(Application application) {
    Path war = config.set("stream.logs.level", "loud").packed();

    assertThatThrownBy(() -> application.deploy(war))
        .hasMessageContaining("culvert.stream.logs.level: loud")
        .hasMessageContaining("expected: ");
  }
}
