package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.WildFly;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An answer on its way from an upstream takes no worker thread of WildFly. A server of its own,
 * whose worker threads are all busy.
 */
@Tag(ServerKind.ONLY_WILDFLY)
class WildFlyWorkersIT {

  private static final String WORKER = "/subsystem=io/worker=default";
  private static final int WORKERS = 4;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CompletableFuture<Void> free = new CompletableFuture<>();
  private final List<Wire> busy = new ArrayList<>();
  private final ScriptedUpstream upstream =
      ScriptedUpstream.onRequest(
          (request, connection) -> {
            asked.countDown();
            free.join();
            connection.send(ok("answer"));
          });
  private final WildFly server = WildFly.start(ServerOptions.DEFAULT);
  private final Application application = server.application("busy");
  private final Client client = new Client(application);

  WildFlyWorkersIT() throws IOException {
    server.manage(WORKER, "write-attribute", Map.of("name", "task-max-threads", "value", WORKERS));
    application.deploy(
        Config.empty()
            .routeTo("web", upstream.url())
            .onRoute("web", "mode", "http")
            .onRoute("web", "http.max-request", "1KiB")
            .packed());
  }

  @AfterEach
  void stop() throws IOException {
    for (Wire wire : busy) {
      wire.close();
    }
    server.close();
    upstream.close();
  }

  @Test
  void an_answer_reaches_its_client_while_all_are_busy() throws Exception {
    try (Wire waiting = client.send("GET", "/web/", "")) {
      asked.await();
      for (int i = 0; i < WORKERS; i++) {
        busy.add(client.send("POST", "/web/", "Content-Length: 1025\r\n"));
      }
      await("busy workers").atMost(LIMIT).until(this::areAllBusy);

      free.complete(null);

      ResponseHead head = waiting.readResponse();
      assertThat(waiting.readBody(head)).isEqualTo("answer");
    }
  }

  /** WildFly's workers wait for what is left of a request that has its answer. */
  private boolean areAllBusy() throws IOException {
    return server
        .manage(WORKER, "read-attribute", Map.of("name", "busy-task-thread-count"))
        .replaceAll("\\s", "")
        .contains("\"result\":" + WORKERS);
  }
}
