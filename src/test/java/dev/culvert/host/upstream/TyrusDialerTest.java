package dev.culvert.host.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.host.dial.Resolver;
import dev.culvert.host.pool.DialBacklogException;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpgradeRefusedException;
import dev.culvert.host.pool.UpstreamSocket;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sockets over Tyrus are opened, or not. */
class TyrusDialerTest extends TyrusDialling {

  @Test
  void headersGoBothWays() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    upstream.upgradeFields("X-Turn-State: abc");
    List<Map.Entry<String, String>> headers =
        List.of(
            Map.entry("Authorization", "Bearer secret"),
            Map.entry("Host", "api.example.org"),
            Map.entry("X-List", "a"),
            Map.entry("X-List", "b"));
    Dialer.Dialing dial =
        dialer.dial(
            new Target(upstream.uri(), headers, Optional.empty(), Optional.empty()),
            PATIENCE,
            events);

    UpstreamSocket socket = dial.socket().get(10, TimeUnit.SECONDS);

    RequestHead head = upstream.connections().get(0).head();
    assertThat(head.target()).isEqualTo("/v1/responses");
    assertThat(head.all("Authorization")).containsExactly("Bearer secret");
    assertThat(head.all("Host")).containsExactly("api.example.org");
    assertThat(String.join(", ", head.all("X-List"))).isEqualTo("a, b");
    assertThat(socket.upgradeHeaders()).containsEntry("x-turn-state", List.of("abc"));
  }

  @ParameterizedTest
  @CsvSource({
    "302,Location: /elsewhere",
    "401,WWW-Authenticate: Basic realm=x",
    "403,X-Reason: banned",
    "429,Retry-After: 7",
    "500,X-Reason: none",
    "503,Retry-After: 7"
  })
  void aStatusIsReportedAsItIs(int status, String field) throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    upstream.refuse(status, field);

    Dialer.Dialing dial = dial(upstream.uri(), PATIENCE);

    UpgradeRefusedException refused = fault(dial, UpgradeRefusedException.class);
    assertThat(refused.status()).isEqualTo(status);
    String[] parts = field.split(": ", 2);
    assertThat(refused.headers().get(parts[0].toLowerCase(Locale.ROOT))).containsExactly(parts[1]);
    assertThat(upstream.accepted()).isEqualTo(1);
    Awaitility.await().until(() -> upstream.live() == 0);
  }

  @Test
  void aConnectionThatIsRefusedFailsAtOnce() throws Exception {
    URI nobody;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/");
    }

    IOException fault = fault(dial(nobody, PATIENCE), IOException.class);

    assertThat(fault).hasMessageContaining("refused");
  }

  @Test
  void aNameThatIsUnknownFails() throws Exception {
    IOException fault =
        fault(dial(URI.create("ws://nobody.invalid/"), PATIENCE), IOException.class);

    assertThat(fault).hasMessageContaining("nobody.invalid");
  }

  @Test
  void aNameWhoseServersDoNotAnswerHoldsUpNobodyElse() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, resolver(asked, gate)));
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    List<Dialer.Dialing> dead =
        IntStream.range(0, 3 * DialThreads.MOST)
            .mapToObj(i -> own.dial(target(URI.create("ws://dead.test/")), PATIENCE, events))
            .toList();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    URI healthy = URI.create("ws://live.test:" + upstream.uri().getPort() + "/");

    UpstreamSocket socket =
        own.dial(target(healthy), PATIENCE, events).socket().get(10, TimeUnit.SECONDS);

    assertThat(dead).noneMatch(dial -> dial.socket().isDone());
    gate.countDown();
    assertThat(fault(dead.get(0), IOException.class)).hasMessage("dead.test: unknown host");
    socket.close(1000, "");
  }

  /** Knows nobody of the name {@code dead.test}, when the gate is open. */
  private static Resolver resolver(CountDownLatch asked, CountDownLatch gate) {
    return new Resolver(
        host -> {
          if (host.startsWith("live")) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
          }
          asked.countDown();
          try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        },
        System::nanoTime);
  }

  @Test
  void aConnectionThatEndsBeforeTheResponseFailsAtOnce() throws Exception {
    ScriptedUpstream upstream = own(ScriptedUpstream.onRequest((request, wire) -> {}));

    IOException fault = fault(dial(uri(upstream), PATIENCE), IOException.class);

    assertThat(fault).hasMessageContaining("expected: a response");
  }

  @Test
  void anUpstreamThatDoesNotAnswerIsGivenUpAndItsConnectionClosed() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    ScriptedUpstream upstream =
        own(
            ScriptedUpstream.onRequest(
                (request, wire) -> {
                  wire.readToEnd();
                  ended.countDown();
                }));

    IOException fault = fault(dial(uri(upstream), Duration.ofMillis(200)), IOException.class);

    assertThat(fault).hasMessage("open-timeout: PT0.2S passed");
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneThatDoesNotAnswerLeavesThreadsToOthers() throws Exception {
    ScriptedUpstream silent = own(ScriptedUpstream.silent());
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    List<Dialer.Dialing> waiting =
        IntStream.range(0, 2 * DialThreads.MOST)
            .mapToObj(i -> dial(uri(silent), PATIENCE))
            .toList();

    UpstreamSocket socket = dial(upstream.uri(), PATIENCE).socket().get(10, TimeUnit.SECONDS);

    assertThat(waiting).noneMatch(dial -> dial.socket().isDone());
    waiting.forEach(Dialer.Dialing::cancel);
    socket.close(1000, "");
  }

  @Test
  void whoFindsNoThreadInTimeHasAskedNobody() throws Exception {
    ScriptedUpstream silent = own(ScriptedUpstream.silent());
    List<Dialer.Dialing> busy =
        IntStream.range(0, DialThreads.MOST_OF_A_TARGET)
            .mapToObj(i -> dial(uri(silent), PATIENCE))
            .toList();

    Dialer.Dialing late = dial(uri(silent), Duration.ofMillis(200));

    assertThat(fault(late, DialBacklogException.class))
        .hasMessage("dials: all threads busy, open-timeout: PT0.2S passed");
    busy.forEach(Dialer.Dialing::cancel);
  }

  /** At the first one nobody listens. */
  @Test
  void theNextAddressOfANameIsTried() throws Exception {
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, twoAddresses("127.0.0.9")));
    SimulatedUpstream upstream = own(SimulatedUpstream.start());

    own.dial(target(named(upstream.uri().getPort())), PATIENCE, events)
        .socket()
        .get(10, TimeUnit.SECONDS)
        .close(1000, "");

    assertThat(upstream.accepted()).isEqualTo(1);
  }

  @Test
  void soItIsAfterAnAddressThatTakesNoConnectionForItsShareOfTheTime() throws Exception {
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, twoAddresses("127.0.0.9")));
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    try (FullServer unused = FullServer.at("127.0.0.9", upstream.uri().getPort())) {
      Dialer.Dialing dial =
          own.dial(target(named(upstream.uri().getPort())), Duration.ofSeconds(4), events);

      dial.socket().get(10, TimeUnit.SECONDS).close(1000, "");
    }
  }

  @Test
  void soItIsAfterOneThatBreaksOff() throws Exception {
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, twoAddresses("127.0.0.9")));
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    int port = upstream.uri().getPort();
    try (ServerSocket first = new ServerSocket(port, 5, InetAddress.getByName("127.0.0.9"))) {
      Dialer.Dialing dial = own.dial(target(named(port)), PATIENCE, events);
      first.accept().close();

      dial.socket().get(10, TimeUnit.SECONDS).close(1000, "");
    }
  }

  @Test
  void oneThatIsSlowToAnswerHasAllTheTime() throws Exception {
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, twoAddresses("127.0.0.1")));
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    CountDownLatch gate = upstream.holdUpgrades();

    Dialer.Dialing dial =
        own.dial(target(named(upstream.uri().getPort())), Duration.ofMillis(400), events);

    assertThat(fault(dial, IOException.class)).hasMessage("open-timeout: PT0.4S passed");
    assertThat(upstream.accepted()).isEqualTo(1);
    gate.countDown();
  }

  @Test
  void aStatusIsTheAnswerOfAllAddresses() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    upstream.refuse(503, "X-Reason: none");
    TyrusDialer own = own(TyrusDialer.create(MAX_MESSAGE, twoAddresses("127.0.0.1")));

    Dialer.Dialing dial = own.dial(target(named(upstream.uri().getPort())), PATIENCE, events);

    assertThat(fault(dial, UpgradeRefusedException.class).status()).isEqualTo(503);
    assertThat(upstream.accepted()).isEqualTo(1);
  }

  private static URI named(int port) {
    return URI.create("ws://two.test:" + port + "/");
  }

  /** The second one is that of the tests' servers. */
  private static Resolver twoAddresses(String first) {
    return new Resolver(
        host ->
            new InetAddress[] {
              InetAddress.getAllByName(first)[0], InetAddress.getAllByName("127.0.0.1")[0]
            },
        System::nanoTime);
  }

  @Test
  void aCancelledDialClosesItsConnection() throws Exception {
    SimulatedUpstream upstream = own(SimulatedUpstream.start());
    CountDownLatch gate = upstream.holdUpgrades();
    Dialer.Dialing dial = dial(upstream.uri(), PATIENCE);
    Awaitility.await().until(() -> upstream.live() == 1);

    dial.cancel();
    dial.cancel();

    assertThat(fault(dial, IOException.class)).hasMessage("dial: cancelled");
    gate.countDown();
    Awaitility.await().until(() -> upstream.live() == 0);
    assertThat(events.isEmpty()).isTrue();
  }

  @Test
  void aWrongAcceptIsAFault() throws Exception {
    ScriptedUpstream upstream =
        own(
            ScriptedUpstream.onRequest(
                (request, wire) -> {
                  wire.send(
                      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          + "Sec-WebSocket-Accept: wrong\r\n\r\n");
                  wire.readToEnd();
                }));

    assertThat(fault(dial(uri(upstream), PATIENCE), IOException.class))
        .hasMessageContaining("does not match");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h/",
        "ws:///path",
        "ws://user@h/",
        "ws://h/#x",
        "ws://h/a%0D%0AX:y",
        "ws://h/a%2Fb",
        "ws://h/?q=%20"
      })
  void whatTyrusWouldSendOtherwiseIsRefused(String uri) {
    assertThatThrownBy(() -> dial(URI.create(uri), PATIENCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refused (expected: ");
  }

  @Test
  void headersThatEndTheirLineAreRefused() {
    Target split =
        new Target(
            URI.create("ws://h/"),
            List.of(Map.entry("X-A", "secret\r\nX-B: c")),
            Optional.empty(),
            Optional.empty());

    assertThatThrownBy(() -> dialer.dial(split, PATIENCE, events))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("upstream X-A: refused (expected: no control characters)");
  }

  private static <T extends Throwable> T fault(Dialer.Dialing dial, Class<T> type)
      throws Exception {
    try {
      dial.socket().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return type.cast(e.getCause());
    }
    throw new AssertionError("dial: open (expected: a fault)");
  }
}
