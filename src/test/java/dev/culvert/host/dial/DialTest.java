package dev.culvert.host.dial;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.loop.Timer;
import dev.culvert.host.wire.Wire;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialTest {

  private static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";
  private static final int MAX_HEAD = 4096;
  private static final int MAX_BODY = 100;

  private final EventLoop loop = new EventLoop("dial-loop");
  private final Resolver resolver = new Resolver();
  private final ScriptedServer server = new ScriptedServer();
  private final BlockingQueue<DialOutcome> outcomes = new LinkedBlockingQueue<>();
  private long connectTimeout = 5_000;
  private long handshakeTimeout = 10_000;

  @AfterEach
  void end() throws IOException {
    server.close();
    resolver.close();
    loop.close();
  }

  @Test
  void writesTheHeadOfItsAddress() throws Exception {
    dial(server.address());

    assertThat(server.accept().receiveHead()).isEqualTo(head(0));
  }

  @Test
  void a101ComesWithItsConnectionAndTheBytesBehindIt() throws Exception {
    dial(server.address());
    Peer upstream = answer(SWITCHED + "early bytes");

    DialOutcome outcome = outcome();

    assertThat(outcome.result().outcome()).isEqualTo(DialResult.RESPONSE);
    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(outcome.result().headers()).containsExactly("Upgrade", "x");
    UpstreamConnection connection = outcome.connection().orElseThrow();
    assertThat(text(connection.early())).isEqualTo("early bytes");
    assertThat(connection.wire().read(ByteBuffer.allocate(Wire.LEAST_ROOM))).isZero();
    connection.wire().close();
    loop.execute(() -> {});
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void manyEarlyBytesAreKept() throws Exception {
    String early = "0123456789abcdef".repeat(4096);
    dial(server.address());
    answer(SWITCHED + early);

    UpstreamConnection connection = outcome().connection().orElseThrow();

    assertThat(early).startsWith(text(connection.early()));
    connection.wire().close();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 503})
  void aBodyOfKnownLengthIsKept(int status) throws Exception {
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 " + status + " X\r\nContent-Length: 5\r\n\r\nhello, more");

    assertResponse(status, "hello", false);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aChunkedBodyIsUnwrapped() throws Exception {
    dial(server.address());
    answer(
        lines("HTTP/1.1 401 No^Transfer-Encoding: chunked^^5;e=1^hello^7^, world^0^Trailer: x^^"));

    assertResponse(401, "hello, world", false);
  }

  @Test
  void aBodyMayEndWithTheConnection() throws Exception {
    dial(server.address());
    answer("HTTP/1.0 200 OK\r\n\r\nuntil the end").close();

    assertResponse(200, "until the end", false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"204 No Content", "304 Not Modified"})
  void someResponsesHaveNoBody(String status) throws Exception {
    dial(server.address());
    answer("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\n\r\n");

    assertResponse(Integer.parseInt(status.substring(0, 3)), "", false);
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 300", "Transfer-Encoding: chunked", "X: until-close"})
  void aBodyAboveTheLimitIsCut(String framing) throws Exception {
    String body = "b".repeat(300);
    String wire = framing.endsWith("chunked") ? "12c\r\n" + body + "\r\n0\r\n\r\n" : body;
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 500 Oops\r\n" + framing + "\r\n\r\n" + wire);

    assertResponse(500, "b".repeat(MAX_BODY), true);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aBodyAtTheLimitIsWhole() throws Exception {
    dial(server.address());
    answer("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n" + "b".repeat(100));

    assertResponse(500, "b".repeat(100), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 102, 103})
  void interimResponsesArePassedOver(int status) throws Exception {
    dial(server.address());
    answer("HTTP/1.1 " + status + " Wait\r\nLink: </x>\r\n\r\n" + SWITCHED);

    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(outcome.result().headers()).containsExactly("Upgrade", "x");
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void aResponseMayComeByteByByte() throws Exception {
    dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    for (byte b :
        "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1)) {
      upstream.send(new byte[] {b});
    }

    assertResponse(403, "abc", false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | closed without a response",
        "HTTP/1.1 200 O | closed in the middle of the response",
        "HTTP/1.1 200 OK^Content-Length: 5^^hel | closed in the middle of the response",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^5^hel | closed in the middle of the response",
        "HTTP/1.1 100 Continue^^ | closed in the middle of the response",
        "SSH-2.0-OpenSSH_9.2^^ | status line: SSH-2.0-OpenSSH_9.2 (expected: HTTP/1.1 and a status)",
        "HTTP/2 200 OK^^ | status line: HTTP/2 200 OK (expected: HTTP/1.1 and a status)",
        "HTTP/1.1 099 No^^ | status: 099 (expected: 100 to 999)",
        "HTTP/1.1 200 OK^Bad Header: x^^ | header line: Bad Header: x (expected: name: value)",
        "HTTP/1.1 200 OK^ folded^^ | header line:  folded (expected: name: value)",
        "HTTP/1.1 200 OK^Content-Length: 5^Content-Length: 6^^ | Content-Length: [5, 6] (expected: one number)",
        "HTTP/1.1 200 OK^Content-Length: -5^^ | Content-Length: [-5] (expected: one number)",
        "HTTP/1.1 200 OK^Transfer-Encoding: gzip, chunked^^ | Transfer-Encoding: [gzip, chunked] (expected: chunked)",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^xyz^ | chunk size: xyz (expected: a hexadecimal number)",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^2^abc^ | chunk: longer than its size",
      })
  void whatIsNoResponseIsABadResponse(String response, String detail) throws Exception {
    dial(server.address());
    Peer upstream = answer(lines(response)).endOutput();

    assertThat(outcome().result())
        .satisfies(
            result -> {
              assertThat(result.outcome()).isEqualTo(DialResult.BAD_RESPONSE);
              assertThat(result.detail()).isEqualTo(server.address() + ": " + detail);
            });
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aHeadAboveTheLimitIsABadResponse() throws Exception {
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 101 X\r\nLong: " + "x".repeat(MAX_HEAD) + "\r\n\r\n");

    assertBad("response head: longer than 4096 bytes");
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aHeadAtTheLimitIsRead() throws Exception {
    String start = "HTTP/1.1 204 X\r\nLong: ";
    dial(server.address());
    answer(start + "x".repeat(MAX_HEAD - start.length() - 4) + "\r\n\r\n");

    assertResponse(204, "", false);
  }

  @Test
  void aResetIsABadResponse() throws Exception {
    dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    upstream.reset();

    assertBad("Connection reset");
  }

  @Test
  void silenceIsATimeOut() throws Exception {
    handshakeTimeout = 50;
    dial(server.address());

    assertThat(outcome().result())
        .satisfies(
            result -> {
              assertThat(result.outcome()).isEqualTo(DialResult.TIMEOUT);
              assertThat(result.detail()).isEqualTo("no complete response after 50 ms");
            });
    assertThat(hangsUpAfterTheHead()).isTrue();
  }

  @Test
  void halfAResponseIsATimeOut() throws Exception {
    handshakeTimeout = 300;
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");

    assertThat(outcome().result().outcome()).isEqualTo(DialResult.TIMEOUT);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aCancelledDialLetsGoOfItsConnection() throws Exception {
    Dial dial = dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    dial.cancel();

    assertThat(outcome().result().detail()).isEqualTo("cancelled");
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aDialCancelledBeforeItsStartConnectsToNobody() throws Exception {
    Dial dial = newDial(server.address());
    dial.cancel();
    dial.start();

    assertThat(outcome().result().outcome()).isEqualTo(DialResult.TIMEOUT);
    dial(server.address());
    server.accept();
    assertThat(server.hasCallers()).isFalse();
  }

  @Test
  void theNextAddressIsTriedWhenOneRefuses() throws Exception {
    dial(ScriptedServer.refused(), server.address());
    Peer upstream = server.accept();

    assertThat(upstream.receiveHead()).isEqualTo(head(1));
    upstream.send(SWITCHED);
    DialOutcome outcome = outcome();
    assertThat(outcome.result().address()).isEqualTo(1);
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void whenAllAddressesFailEachOneTellsWhy() throws Exception {
    String refused = ScriptedServer.refused();
    dial(refused, "no-such-host.invalid:80", "256.0.0.1:80", "nonsense", "localhost:65536");

    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
    assertThat(result.detail())
        .isEqualTo(
            refused
                + ": Connection refused"
                + "; no-such-host.invalid:80: no-such-host.invalid: unknown host"
                + "; 256.0.0.1:80: 256.0.0.1: unknown host"
                + "; nonsense: address (expected: host:port)"
                + "; localhost:65536: address (expected: host:port)");
  }

  @Test
  void theConnectTimeOutOfOneAddressDoesNotStrikeTheNext() throws Exception {
    connectTimeout = 30;
    handshakeTimeout = 5_000;
    Dial dial = newDial(ScriptedServer.refused(), "localhost:" + port());
    holdUpLookUps(200);
    dial.start();

    assertThat(server.accept().send(SWITCHED).receiveHead()).isEqualTo(head(1));
    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    outcome.connection().orElseThrow().wire().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::ffff:127.0.0.1]"})
  void namesAndLiteralsAreUnderstood(String host) throws Exception {
    dial(host + ":" + port());
    answer(SWITCHED);

    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void theOutcomeIsToldOnce() throws Exception {
    Dial dial = dial(server.address());
    answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").close();
    assertThat(outcome().result().status()).isEqualTo(200);

    dial.cancel();
    loop.execute(
        () ->
            outcomes.add(
                DialOutcome.failed("later than anything the dial might have said", 0, "")));

    assertThat(outcome().result().outcome()).startsWith("later");
  }

  @Test
  void aHeadAboveTheLimitOfTheSocketIsWrittenWhole() throws Exception {
    String long_ = "GET / HTTP/1.1\r\nX: " + "x".repeat(6_000_000) + "\r\n\r\n";
    start(List.of(server.address()), List.of(long_.getBytes(StandardCharsets.ISO_8859_1)));
    Peer upstream = server.accept();

    assertThat(upstream.receiveText(long_.length())).isEqualTo(long_);
  }

  @Test
  void malformedIsAnExceptionWithAMessage() {
    byte[] head = "HTTP/1.1 200 OK\r\nX: a\u0007b\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> ResponseHead.parse(head, head.length))
        .isInstanceOf(ResponseHead.Malformed.class)
        .hasMessage("header value: X: a?b (expected: no control characters)");
  }

  private Dial dial(String... addresses) {
    Dial dial = newDial(addresses);
    dial.start();
    return dial;
  }

  private Dial newDial(String... addresses) {
    List<byte[]> heads =
        IntStream.range(0, addresses.length)
            .mapToObj(i -> head(i).getBytes(StandardCharsets.ISO_8859_1))
            .toList();
    return newDial(List.of(addresses), heads);
  }

  private void start(List<String> addresses, List<byte[]> heads) {
    newDial(addresses, heads).start();
  }

  private Dial newDial(List<String> addresses, List<byte[]> heads) {
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

  private static String head(int address) {
    return "GET /" + address + " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  }

  private int port() {
    return Integer.parseInt(server.address().substring("127.0.0.1:".length()));
  }

  /** Keeps all threads of the resolver busy, as a slow name server does. */
  private void holdUpLookUps(long millis) {
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

  private static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String lines(String text) {
    return text.replace("^", "\r\n");
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }

  private Peer answer(String response) throws Exception {
    Peer upstream = server.accept();
    upstream.receiveHead();
    return upstream.send(response);
  }

  private boolean hangsUpAfterTheHead() throws Exception {
    Peer upstream = server.accept();
    upstream.receiveHead();
    return upstream.isHungUp();
  }

  private DialOutcome outcome() throws InterruptedException {
    DialOutcome outcome = outcomes.poll(10, SECONDS);
    assertThat(outcome).as("outcome of the dial").isNotNull();
    return outcome;
  }

  private void assertResponse(int status, String body, boolean cut) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.RESPONSE);
    assertThat(result.status()).isEqualTo(status);
    assertThat(new String(result.body(), StandardCharsets.ISO_8859_1)).isEqualTo(body);
    assertThat(result.bodyCut()).isEqualTo(cut);
  }

  private void assertBad(String detail) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.BAD_RESPONSE);
    assertThat(result.detail()).isEqualTo(server.address() + ": " + detail);
  }
}
