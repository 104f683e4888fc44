package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CONTINUATION;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large messages pass through a relay, they are not kept in it; who is slow delays himself. */
@ExtendWith(ServerExtension.class)
class RelayFlowIT {

  private static final int FRAGMENT = 1024;
  private static final int FRAGMENTS = 16 * 1024;
  private static final long MESSAGE = (long) FRAGMENT * FRAGMENTS;

  /** What a server may hold back of a message until more of it comes: 16 KiB on WildFly. */
  private static final int SERVERS_BUFFER = 64 * 1024;

  /** Far less than a message. */
  private static final long FLAT = MESSAGE / 4;

  /** More than sockets and the server together take: their buffers have some MiB each. */
  private static final int FLOOD = 64 << 20;

  /** What the server and the JDK may keep, buffers that Undertow frees later included. */
  private static final long BOUNDED = FLOOD / 2;

  private static final Duration STANDSTILL = Duration.ofSeconds(1);

  private static final Duration GIVEN_UP = Duration.ofSeconds(40);

  private static final Logger LOG = System.getLogger(RelayFlowIT.class.getName());

  private Application application;
  private Client client;
  private ServerJvm jvm;
  private Management management;

  @BeforeEach
  void start(Application notDeployed) {
    application = notDeployed;
    client = new Client(application);
    jvm = application.server().jvm();
  }

  private void deploy(String url) {
    deploy(url, "2s");
  }

  private void deploy(String url, String stallTimeout) {
    application.deploy(
        Config.empty()
            .routeTo("relay", url)
            .onRoute("relay", "mode", "relay")
            .onRoute("relay", "stream.stall-timeout", stallTimeout)
            .onRoute("relay", "close-grace", "1s")
            .packed());
    management = new Management(application.server());
  }

  @AfterEach
  void stop() {
    application.close();
  }

  @Test
  void a_message_of_16_mib_in_fragments_of_1_kib_comes_back_and_memory_stays_flat()
      throws Exception {
    try (EchoUpstream echo = EchoUpstream.start()) {
      deploy(echo.url());
      try (RelayPeer peer = RelayPeer.open(client, "/relay/")) {
        peer.send(true, TEXT, "warm");
        assertThat(peer.message().text()).isEqualTo("warm");
        long before = jvm.heapAfterCollection();
        CountDownLatch halfway = new CountDownLatch(1);
        CompletableFuture<Long> echoed =
            CompletableFuture.supplyAsync(() -> receive(peer, halfway));

        byte[] half = sendFragments(peer, 0, FRAGMENTS / 2);
        assertThat(halfway.await(30, TimeUnit.SECONDS)).as("half the message came back").isTrue();
        long inTheMiddle = jvm.heapAfterCollection();
        byte[] other = sendFragments(peer, FRAGMENTS / 2, FRAGMENTS);

        assertThat(half).isEqualTo(other);
        assertThat(echoed.get(60, TimeUnit.SECONDS)).isEqualTo(MESSAGE);
        assertThat(inTheMiddle - before).as("growth of the heap").isLessThan(FLAT);
      }
    }
  }

  private static byte[] sendFragments(RelayPeer peer, int from, int to) throws IOException {
    byte[] payload = new byte[FRAGMENT];
    for (int i = from; i < to; i++) {
      int opcode = i == 0 ? BINARY : CONTINUATION;
      peer.send(WebSocketFrame.ofClient(i == FRAGMENTS - 1, opcode, payload));
    }
    return payload;
  }

  private static long receive(RelayPeer peer, CountDownLatch halfway) {
    long bytes = 0;
    try {
      WebSocketFrame frame;
      do {
        frame = peer.frame();
        bytes += frame.payload().length;
        if (bytes >= MESSAGE / 2 - SERVERS_BUFFER) {
          halfway.countDown();
        }
      } while (!frame.fin());
    } catch (IOException e) {
      throw new IllegalStateException("after " + bytes + " bytes", e);
    }
    return bytes;
  }

  /** Messages without end that the client does not read; a second client meanwhile. */
  @Test
  void a_client_that_reads_nothing_holds_its_upstream_up_and_is_given_up() throws Exception {
    CountDownLatch flooded = new CountDownLatch(1);
    AtomicLong sent = new AtomicLong();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              if (request.target().endsWith("/flood")) {
                byte[] bytes = WebSocketFrame.ofServer(true, BINARY, new byte[1 << 20]).bytes();
                while (flooded.getCount() > 0) {
                  connection.send(bytes);
                  sent.addAndGet(bytes.length);
                }
              } else {
                WebSocketFrame question = WebSocketFrame.read(connection);
                connection.send(WebSocketFrame.ofServer(true, TEXT, question.payload()).bytes());
                connection.readToEnd();
              }
            })) {
      deploy(upstream.url(), "4s");
      long before = memory();
      try (RelayPeer stalled = RelayPeer.open(client, "/relay/flood")) {
        assertThat(stalled.frame().opcode()).isEqualTo(BINARY);
        try (RelayPeer lively = RelayPeer.open(client, "/relay/")) {
          lively.send(true, TEXT, "hello");
          assertThat(lively.message().text()).isEqualTo("hello");
        }
        await("the flood's standstill")
            .during(STANDSTILL)
            .atMost(GIVEN_UP)
            .until(new Unchanged(sent));
        long grown = memory() - before;
        assertThat(sent).as("bytes taken").hasValueLessThan(FLOOD);
        assertThat(grown).as("growth of the memory").isLessThan(FLOOD);

        await("the end of the stalled one").until(() -> management.list("relay").isEmpty());
      } finally {
        flooded.countDown();
      }
    }
  }

  /** Many messages, and one frame that is larger than all that sockets take. */
  @ParameterizedTest
  @ValueSource(ints = {16 * 1024, FLOOD})
  void an_upstream_that_reads_nothing_holds_its_client_up_and_is_given_up(int frame)
      throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              awaitQuietly(done);
            })) {
      deploy(upstream.url(), "4s");
      try (RelayPeer peer = RelayPeer.open(client, "/relay/")) {
        long before = memory();
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> flood =
            CompletableFuture.runAsync(() -> flood(peer.wire(), frame, sent));

        await("the flood's standstill")
            .during(STANDSTILL)
            .atMost(GIVEN_UP)
            .until(new Unchanged(sent));
        long grown = memory() - before;

        assertThat(sent).as("bytes taken").hasValueLessThan(BOUNDED);
        assertThat(grown).as("growth of the memory").isLessThan(BOUNDED);
        await("the end of the stream")
            .atMost(GIVEN_UP)
            .until(() -> management.list("relay").isEmpty());
        await("the end of the flood").atMost(GIVEN_UP).until(flood::isDone);
      } finally {
        done.countDown();
      }
    }
  }

  /** Sends {@link #FLOOD} bytes of frames, or until the connection ends. */
  private static void flood(Wire wire, int frame, AtomicLong sent) {
    byte[] bytes = WebSocketFrame.ofClient(true, BINARY, new byte[frame]).bytes();
    try {
      for (long left = FLOOD; left > 0; left -= frame) {
        for (int at = 0; at < bytes.length; at += FRAGMENTS) {
          byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + FRAGMENTS));
          wire.send(part);
          sent.addAndGet(part.length);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "given up after {0} bytes", sent);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a count is above zero and what it was when last looked at. */
  private static final class Unchanged implements Callable<Boolean> {
    private final AtomicLong count;
    private long last;

    Unchanged(AtomicLong count) {
      this.count = count;
    }

    @Override
    public Boolean call() {
      long now = count.get();
      boolean unchanged = now > 0 && now == last;
      last = now;
      return unchanged;
    }
  }

  /** Heap and buffers outside of it. */
  private long memory() {
    long heap = jvm.heapAfterCollection();
    return heap + (Long) jvm.attribute("java.nio:type=BufferPool,name=direct", "MemoryUsed");
  }
}
