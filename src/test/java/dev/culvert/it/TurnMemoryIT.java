package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.lang.management.MemoryMXBean;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Long requests for turns whose clients take their time. */
@ExtendWith(ServerExtension.class)
class TurnMemoryIT extends SimulatedTurns {

  /** Less than WildFly takes. */
  private static final int LONG = 9 * 1024 * 1024;

  private static final int COUNTS_FOR_NOTHING = 64 * 1024;

  /** So that the last one has no room, in a heap that is a little larger than it says. */
  private static final int MORE = 1024 * 1024;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static TurnPeer peer;

  private final List<Wire> clients = new ArrayList<>();
  private final ExecutorService readers = Executors.newCachedThreadPool();

  @BeforeAll
  static void deploy() throws IOException {
    peer = new TurnPeer(application, "/v1/responses");
    application.deploy(Config.empty().turns("v1", "llm", upstream.port()).packed());
  }

  @AfterEach
  void leave() throws IOException {
    for (Wire client : clients) {
      client.close();
    }
    clients.clear();
  }

  @AfterEach
  void stopReaders() {
    readers.shutdownNow();
  }

  @Test
  void are_refused_where_there_is_no_room_and_short_ones_come_through() throws Exception {
    assertThat(fill().status()).isEqualTo(503);

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.status()).isEqualTo(200);
    }
  }

  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void a_client_that_is_refused_and_sends_the_rest_keeps_its_connection() throws Exception {
    fill();
    Client client = new Client(application);
    try (Wire wire = client.send("POST", "/v1/responses", "Transfer-Encoding: chunked\r\n")) {
      wire.send(Integer.toHexString(LONG) + "\r\n" + "x".repeat(LONG) + "\r\n");
      assertThat(wire.readResponse().status()).isEqualTo(503);
      assertThat(chunks(wire)).contains("\"overloaded\"");

      wire.send("0\r\n\r\n" + client.head("POST", "/v1/responses", "Content-Length: 1\r\n") + "x");

      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
  }

  private static String chunks(Wire wire) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n0\r\n\r\n") < 0) {
      text.append(wire.readText(1));
    }
    return text.toString();
  }

  /** Sends more than there is room for; the answer of whoever is refused. */
  private ResponseHead fill() throws Exception {
    CompletableFuture<ResponseHead> refused = new CompletableFuture<>();
    for (long room = room(); room > 0; room -= LONG - 1 - COUNTS_FOR_NOTHING) {
      begin((int) Math.min(LONG - 1, room + MORE), refused);
    }
    return refused.get(30, TimeUnit.SECONDS);
  }

  @Test
  void leave_their_room_when_they_have_come_and_when_they_break_off() throws Exception {
    for (long left = room(); left > 0; left -= LONG) {
      begin(LONG - 1, new CompletableFuture<>());
    }
    leave();

    await("room").atMost(LIMIT).until(() -> statusOfLong() == 400);
    for (long sent = 0; sent < room(); sent += LONG) {
      assertThat(statusOfLong()).isEqualTo(400);
    }
  }

  /** Of a request that is all here, and no JSON. */
  private int statusOfLong() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(application.http("/v1/responses"))
            .timeout(LIMIT)
            .POST(BodyPublishers.ofString("x".repeat(LONG)))
            .build();
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static long room() {
    MemoryMXBean memory =
        application.server().jvm().mxBean("java.lang:type=Memory", MemoryMXBean.class);
    return Math.max(32 * 1024 * 1024, memory.getHeapMemoryUsage().getMax() / 16);
  }

  /** Sends the beginning of a request, and waits elsewhere for its answer. */
  private void begin(int size, CompletableFuture<ResponseHead> answer) throws IOException {
    Wire client =
        new Client(application).send("POST", "/v1/responses", "Content-Length: " + LONG + "\r\n");
    clients.add(client);
    client.send("x".repeat(size).getBytes(UTF_8));
    readers.execute(
        () -> {
          try {
            answer.complete(client.readResponse());
          } catch (IOException e) {
            // the test has ended
          }
        });
  }
}
