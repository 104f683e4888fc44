package dev.culvert.host.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.host.pool.UpstreamSocket;
import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Open sockets over Tyrus: what they send and receive, and how they end. */
class TyrusSocketTest extends TyrusDialling {

  @Test
  void sendsAndReceivesText() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    UpstreamSocket socket = open(upstream);

    socket.send("{\"prompt_cache_key\":\"kö\"}").toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertThat(events.next()).startsWith("text {\"type\":\"response.created\"").contains("kö");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1008, 1011, 1012, 4000})
  void closeCodesAreTold(int code) throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    open(upstream);

    upstream.connections().get(0).close(code);

    assertThat(events.next()).isEqualTo("closed " + code);
    Awaitility.await().until(() -> upstream.live() == 0);
  }

  @Test
  void aDropIsToldAs1006() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    open(upstream);

    upstream.connections().get(0).drop();

    assertThat(events.next()).isEqualTo("closed 1006");
  }

  @Test
  void pingsAreAnsweredAndBinaryIsTold() throws Exception {
    ScriptedUpstream upstream =
        own(
            ScriptedUpstream.onRequest(
                (request, wire) -> {
                  wire.send(Upgrades.switching(request));
                  WebSocketFrame ping = WebSocketFrame.read(wire);
                  wire.send(
                      WebSocketFrame.ofServer(true, WebSocketFrame.PONG, ping.payload()).bytes());
                  wire.send(
                      WebSocketFrame.ofServer(true, WebSocketFrame.BINARY, new byte[3]).bytes());
                  wire.readToEnd();
                }));
    UpstreamSocket socket = dial(uri(upstream), PATIENCE).socket().get(10, TimeUnit.SECONDS);

    socket.ping();

    assertThat(events.next()).isEqualTo("pong");
    assertThat(events.next()).isEqualTo("binary");
  }

  @ParameterizedTest
  @ValueSource(ints = {MAX_MESSAGE, MAX_MESSAGE + 1, 4 * MAX_MESSAGE})
  void aMessageMayBeSoLongAndNoLonger(int length) throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    open(upstream);

    try {
      upstream.connections().get(0).send("x".repeat(length));
    } catch (IOException e) {
      assertThat(length)
          .as("only what is too long is not read to its end")
          .isGreaterThan(MAX_MESSAGE);
    }

    if (length == MAX_MESSAGE) {
      assertThat(events.next()).hasSize("text ".length() + length);
    } else {
      assertThat(events.next()).matches("closed 10(09|11)");
      Awaitility.await().until(() -> upstream.live() == 0);
    }
  }

  @Test
  void ourCloseIsACloseFrame() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    UpstreamSocket socket = open(upstream);

    socket.close(1001, "max-age");

    Awaitility.await().until(() -> upstream.live() == 0);
    assertThat(upstream.closeCodes()).containsEntry(1L, 1001);
    assertThat(socket.send("too late")).isCompletedExceptionally();
  }

  @Test
  void anUpstreamThatDoesNotAnswerOurCloseIsCut() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    ScriptedUpstream upstream =
        own(
            ScriptedUpstream.onRequest(
                (request, wire) -> {
                  wire.send(Upgrades.switching(request));
                  wire.readToEnd();
                  ended.countDown();
                }));
    UpstreamSocket socket = dial(uri(upstream), PATIENCE).socket().get(10, TimeUnit.SECONDS);

    socket.close(1000, "");

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anUpstreamThatReadsNothingIsCutAfterItsUnwrittenBytes() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch upgraded = new CountDownLatch(1);
    ScriptedUpstream upstream =
        own(
            ScriptedUpstream.onRequest(
                (request, wire) -> {
                  wire.send(Upgrades.switching(request));
                  upgraded.countDown();
                  await(release);
                  wire.readToEnd();
                }));
    UpstreamSocket socket = dial(uri(upstream), PATIENCE).socket().get(10, TimeUnit.SECONDS);
    assertThat(upgraded.await(10, TimeUnit.SECONDS)).isTrue();
    var written = socket.send("x".repeat(32 * 1024 * 1024)).toCompletableFuture();

    socket.close(1000, "");

    assertThatThrownBy(() -> written.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    release.countDown();
    Awaitility.await().until(() -> upstream.live() == 0);
  }

  @Test
  void itsThreadsAreTheHosts() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    UpstreamSocket socket = open(upstream);
    socket.send("{}").toCompletableFuture().get(10, TimeUnit.SECONDS);
    SimConnection connection = upstream.connections().get(0);
    connection.send("event");
    assertThat(events.next()).startsWith("text ");

    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .contains("culvert-upstream-io")
        .noneMatch(name -> name.contains("tyrus-jdk-client") || name.matches("tyrus-.*thread.*"));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("latch: shut (expected: opened by the test)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private UpstreamSocket open(SimulatedUpstream upstream) throws Exception {
    return dial(upstream.uri(), PATIENCE).socket().get(10, TimeUnit.SECONDS);
  }
}
