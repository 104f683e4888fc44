package dev.culvert.it;

import static org.awaitility.Awaitility.await;

import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests against a simulated upstream of their class, which tells what each of them opens. */
abstract class SimulatedTurns {

  static final Duration LIMIT = Duration.ofSeconds(30);

  static SimulatedUpstream upstream;
  static Application application;

  /** A conversation that no other test has. */
  final String conversation = UUID.randomUUID().toString();

  /** Connections that the upstream had seen when the test began. */
  long before;

  @BeforeAll
  static void startUpstream(Application ofTheClass) throws IOException {
    upstream = SimulatedUpstream.start();
    application = ofTheClass;
  }

  @AfterAll
  static void closeUpstream() throws IOException {
    upstream.close();
  }

  @BeforeEach
  void count() {
    before = upstream.accepted();
  }

  long opened() {
    return upstream.accepted() - before;
  }

  static SimConnection newest() {
    return upstream.connections().stream().reduce((first, second) -> second).orElseThrow();
  }

  /** Waits until no connection of this test is left. */
  void awaitNoConnection() {
    await("the end of the connection")
        .atMost(LIMIT)
        .until(() -> upstream.connections().stream().noneMatch(c -> c.number() > before));
  }

  /** Waits until the pool has no socket of this test's conversation any more. */
  void awaitNoSocket() {
    await("the end of the sockets")
        .atMost(LIMIT)
        .until(
            () ->
                Management.poolOf(application).list().stream()
                    .noneMatch(socket -> socket.conversation().equals("=" + conversation)));
  }
}
