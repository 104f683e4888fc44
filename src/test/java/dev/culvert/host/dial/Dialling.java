package dev.culvert.host.dial;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.loop.Timer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Dials a scripted server and waits for the outcome. */
abstract class Dialling {

  static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";
  static final int MAX_HEAD = 4096;
  static final int MAX_BODY = 100;

  final EventLoop loop = new EventLoop("dial-loop");
  final Resolver resolver = new Resolver();
  final ScriptedServer server = new ScriptedServer();
  final BlockingQueue<DialOutcome> outcomes = new LinkedBlockingQueue<>();
  long connectTimeout = 5_000;
  long handshakeTimeout = 10_000;

  @AfterEach
  void end() throws IOException {
    server.close();
    resolver.close();
    loop.close();
  }

  Dial dial(String... addresses) {
    Dial dial = newDial(addresses);
    dial.start();
    return dial;
  }

  Dial newDial(String... addresses) {
    List<byte[]> heads =
        IntStream.range(0, addresses.length)
            .mapToObj(i -> head(i).getBytes(StandardCharsets.ISO_8859_1))
            .toList();
    return newDial(List.of(addresses), heads);
  }

  void start(List<String> addresses, List<byte[]> heads) {
    newDial(addresses, heads).start();
  }

  Dial newDial(List<String> addresses, List<byte[]> heads) {
    DialSpec spec =
        new DialSpec(
            "app",
            "route",
            0,
            addresses,
            heads,
            null,
            null,
            connectTimeout,
            handshakeTimeout,
            MAX_HEAD,
            MAX_BODY);
    return new Dial(loop, resolver, Runnable::run, spec, outcomes::add);
  }

  static String head(int address) {
    return "GET /" + address + " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  }

  int port() {
    return Integer.parseInt(server.address().substring("127.0.0.1:".length()));
  }

  /** Keeps all threads of the resolver busy, as a slow name server does. */
  void holdUpLookUps(long millis) {
    CountDownLatch gate = new CountDownLatch(1);
    for (String name : List.of("localhost", "Localhost", "lOcalhost", "loCalhost")) {
      resolver.resolve(
          name + ":1",
          new Resolver.Callback() {
            @Override
            public void resolved(List<InetSocketAddress> addresses) {
              await(gate);
            }

            @Override
            public void failed(String detail) {
              await(gate);
            }

            @Override
            public boolean isWanted() {
              return true;
            }
          });
    }
    Timer opensGate =
        new Timer() {
          @Override
          protected void expired(long now) {
            gate.countDown();
          }
        };
    loop.execute(() -> loop.arm(opensGate, loop.now() + TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String lines(String text) {
    return text.replace("^", "\r\n");
  }

  static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }

  Peer answer(String response) throws Exception {
    Peer upstream = server.accept();
    upstream.receiveHead();
    return upstream.send(response);
  }

  boolean hangsUpAfterTheHead() throws Exception {
    Peer upstream = server.accept();
    upstream.receiveHead();
    return upstream.isHungUp();
  }

  DialOutcome outcome() throws InterruptedException {
    DialOutcome outcome = outcomes.poll(10, SECONDS);
    assertThat(outcome).as("outcome of the dial").isNotNull();
    return outcome;
  }

  void assertResponse(int status, String body, boolean cut) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.RESPONSE);
    assertThat(result.status()).isEqualTo(status);
    assertThat(new String(result.body(), StandardCharsets.ISO_8859_1)).isEqualTo(body);
    assertThat(result.bodyCut()).isEqualTo(cut);
  }

  void assertBad(String detail) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.BAD_RESPONSE);
    assertThat(result.detail()).isEqualTo(server.address() + ": " + detail);
  }
}
