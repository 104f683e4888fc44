package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.StreamsMXBean;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of one direction is passed on after its last byte, and the other one goes on. */
@ExtendWith(ServerExtension.class)
class HalfCloseIT {

  private static final int TO_UPSTREAM = 1234;
  private static final int FROM_UPSTREAM = 4321;
  private static final int LARGE = 4 * 1024 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final BlockingQueue<byte[]> SEEN_BY_UPSTREAM = new ArrayBlockingQueue<>(1);
  private static ScriptedUpstream upstream;
  private static Application application;
  private static Client client;
  private static StreamsMXBean streams;
  private Totals before;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              if (request.target().endsWith("/upstream-first")) {
                connection.send(new byte[FROM_UPSTREAM]).endOutput();
                SEEN_BY_UPSTREAM.add(connection.readToEnd());
              } else if (request.target().endsWith("/large")) {
                connection.send(new byte[LARGE]).endOutput();
                SEEN_BY_UPSTREAM.add(connection.readToEnd());
              } else {
                SEEN_BY_UPSTREAM.add(connection.readToEnd());
                connection.send(new byte[FROM_UPSTREAM]);
              }
            });
    application.server().setLogLevel("dev.culvert.stream", "FINE");
    application.deploy(Config.empty().routeTo("half", upstream.url()).packed());
    streams = new Management(application.server()).streams();
  }

  @BeforeEach
  void count() {
    new Management(application.server()).awaitStreams("half", 0);
    before = Totals.of(streams);
  }

  @AfterAll
  static void close() throws IOException {
    upstream.close();
  }

  @Test
  @Tag(ServerKind.MAIN_JOB)
  void the_client_ends_first() throws Exception {
    int mark = application.server().log().mark();
    try (Wire wire = client.open("/half/client-first", RAW)) {
      wire.send(new byte[TO_UPSTREAM]).endOutput();

      assertThat(SEEN_BY_UPSTREAM.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(TO_UPSTREAM);
      assertThat(wire.readToEnd()).hasSize(FROM_UPSTREAM);
    }
    assertExactCounts(mark);
  }

  @Test
  @Tag(ServerKind.MAIN_JOB)
  void the_upstream_ends_first() throws Exception {
    int mark = application.server().log().mark();
    try (Wire wire = client.open("/half/upstream-first", RAW)) {
      assertThat(wire.readToEnd()).hasSize(FROM_UPSTREAM);

      wire.send(new byte[TO_UPSTREAM]).endOutput();

      assertThat(SEEN_BY_UPSTREAM.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(TO_UPSTREAM);
    }
    assertExactCounts(mark);
  }

  @Test
  void bytes_that_wait_for_a_slow_client_come_before_the_end() throws Exception {
    try (Wire wire = client.open("/half/large", RAW)) {
      new Management(application.server()).awaitStreams("half", 1);

      assertThat(wire.readToEnd()).hasSize(LARGE);
      wire.send(new byte[LARGE]).endOutput();

      assertThat(SEEN_BY_UPSTREAM.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(LARGE);
    }
  }

  /** The log and the beans agree. */
  private void assertExactCounts(int mark) {
    ServerLog log = application.server().log();
    String event = log.await(mark, "CULVERT-S002 .*route=half ", LIMIT);
    assertThat(event)
        .contains("result=closed", "bytes-to-upstream=1234 ", "bytes-from-upstream=4321 ");
    before.awaitMoreEnded(streams, "closed", 1);
    before.assertMoreBytes(streams, TO_UPSTREAM, FROM_UPSTREAM);
  }
}
