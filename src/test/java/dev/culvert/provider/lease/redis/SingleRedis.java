package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** One Redis, and one node that asks it. */
abstract class SingleRedis {

  static final Duration TTL = Duration.ofMinutes(5);

  final RedisServer server = RedisServer.start();
  final Node node = node(true);
  final Warnings warnings = new Warnings();

  @AfterEach
  void stop() {
    node.close();
    server.close();
    warnings.close();
  }

  Node node(boolean failOpen) {
    return new Node(Node.redis("culvert", server.port()), TTL, failOpen, System::nanoTime);
  }

  static Admission ask(Node node, Lease lease, int limit) {
    return node.store
        .acquire(lease, limit)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  int sessions() {
    return node.store.sessions("up").toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  void awaitUp(boolean up) {
    Awaitility.await().until(() -> node.store.up() == up);
  }

  Lease hold(String session) {
    Lease lease = Lease.of("up", session);
    assertThat(ask(node, lease, 0)).isInstanceOf(Admitted.class);
    return lease;
  }

  /** The outage is noticed with the first question at the latest. */
  void stopServer() {
    server.stop();
    node.store.heartbeat();
    awaitUp(false);
  }
}
