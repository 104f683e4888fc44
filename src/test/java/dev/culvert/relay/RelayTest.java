package dev.culvert.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.Joined;
import dev.culvert.endpoint.ClientEnd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayTest {

  private static final Duration GRACE = Duration.ofMillis(200);

  private final BoundedChannel channel = new BoundedChannel(1024);
  private final RecordedClient client = new RecordedClient();
  private final Relays relays = new Relays();

  private Runnable signal = () -> {};

  @AfterEach
  void close() {
    client.stalls.countDown();
    relays.close();
  }

  /** A session that notes what it is sent, and does not come back from a send while it stalls. */
  private static final class RecordedClient implements ClientEnd {
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final AtomicInteger dones = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile CountDownLatch stalls = new CountDownLatch(0);

    /** What the server does within a close. */
    private volatile Runnable whenClosing = () -> {};

    @Override
    public void text(String piece, boolean whole, boolean last) {
      stall();
      sent.add(piece + (last ? "." : ""));
    }

    @Override
    public void binary(ByteBuffer piece, boolean whole, boolean last) {
      stall();
      sent.add(piece.remaining() + (last ? "." : ""));
    }

    private void stall() {
      begun.countDown();
      try {
        stalls.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ping() {
      sent.add("ping");
    }

    @Override
    public void close(int code, String reason) {
      whenClosing.run();
      sent.add("close " + code);
    }

    @Override
    public void done() {
      dones.incrementAndGet();
    }

    String next() throws InterruptedException {
      return sent.poll(10, TimeUnit.SECONDS);
    }
  }

  private Relay begin(Duration stallTimeout) {
    RelayTerms terms = new RelayTerms(stallTimeout, GRACE, Duration.ofNanos(1));
    return (Relay) relays.begin(terms, this::join, client).orElseThrow();
  }

  private Joined join(Runnable given) {
    signal = given;
    return new Joined("1", channel, () -> {}, detail -> {});
  }

  private Relay begin() {
    return begin(Duration.ofSeconds(30));
  }

  private void fromUpstream(String hex) {
    channel.give(HexFormat.of().parseHex(hex.replace(" ", "")));
    signal.run();
  }

  private static String text(String text, boolean first, boolean last) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int head = (first ? 1 : 0) | (last ? 0x80 : 0);
    return "%02x%02x".formatted(head, bytes.length) + HexFormat.of().formatHex(bytes);
  }

  /** The code of the close frame that the upstream has got after so many bytes; 0 for none. */
  private int closeCode(int after) {
    channel.take();
    byte[] bytes = channel.taken();
    if (bytes.length < after + 8 || bytes[after] != (byte) 0x88) {
      return 0;
    }
    int high = bytes[after + 6] ^ bytes[after + 2];
    int low = bytes[after + 7] ^ bytes[after + 3];
    return ((high & 0xff) << 8) | (low & 0xff);
  }

  private void awaitCloseCode(int after, int code) {
    await("the close frame").until(() -> closeCode(after) == code);
  }

  @Test
  void anUpstreamThatIsGoneShowsAs1011() throws Exception {
    assertThat(
            relays.begin(
                new RelayTerms(GRACE, GRACE, GRACE),
                given -> {
                  throw new IllegalStateException("upstream connection is gone");
                },
                client))
        .isEmpty();

    assertThat(client.next()).isEqualTo("close 1011");
  }

  @Test
  void aDrainClosesAtOnceBetweenMessages() throws Exception {
    begin().drain();

    assertThat(client.next()).isEqualTo("close 1012");
    awaitCloseCode(0, 1001);
  }

  @Test
  void aDrainWaitsForTheMessageUnderWayInEitherDirection() throws Exception {
    Relay relay = begin();
    relay.text("from the client ", false);
    fromUpstream(text("begun ", true, false));
    assertThat(client.next()).isEqualTo("begun ");

    relay.drain();
    fromUpstream(text("ended", false, true) + text("too late", true, true));
    assertThat(client.next()).isEqualTo("ended.");
    assertThat(client.sent).as("the other direction is not through").isEmpty();
    relay.text("and its end", true);

    assertThat(client.next()).isEqualTo("close 1012");
    awaitCloseCode(6 + 16 + 6 + 11, 1001);
  }

  /** Payara tells of the end of a session before it lets go of the connection. */
  @Test
  void aCloseOfOursIsThroughWhenItReturnsAndNotWhenTheServerTellsOfIt() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean returned = new AtomicBoolean();
    RelayTerms terms = new RelayTerms(Duration.ofSeconds(30), GRACE, Duration.ofSeconds(30));
    Relay relay =
        new Relay(
            client,
            relays.threads(),
            terms,
            () -> {
              returned.set(!client.sent.isEmpty());
              ended.countDown();
            });
    relay.join(given -> new Joined("1", channel, () -> {}, detail -> {}));
    client.whenClosing =
        () -> {
          relay.closed(1012, "service restart");
          await("the upstream's end").until(() -> !channel.isOpen());
          boolean unused = hasEnded(ended, Duration.ofMillis(200));
        };

    relay.restart();

    assertThat(hasEnded(ended, Duration.ofSeconds(10))).isTrue();
    assertThat(returned).isTrue();
  }

  private static boolean hasEnded(CountDownLatch ended, Duration limit) {
    try {
      return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theEndOfTheDeploymentCutsOffAMessageThatTakesTooLong() throws Exception {
    Relay relay = begin();
    relay.text("never ended", false);

    relays.close();

    assertThat(client.next()).isEqualTo("close 1012");
    assertThat(closeCode(6 + 11)).isEqualTo(1001);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aClientThatTakesNothingIsGivenUpAndDelaysNobodyElse() throws Exception {
    client.stalls = new CountDownLatch(1);
    begin(Duration.ofMillis(50));
    BoundedChannel other = new BoundedChannel(1024);
    RecordedClient lively = new RecordedClient();
    Runnable[] signalOther = new Runnable[1];
    RelayTerms terms = new RelayTerms(Duration.ofSeconds(30), GRACE, GRACE);
    assertThat(
            relays.begin(
                terms,
                given -> {
                  signalOther[0] = given;
                  return new Joined("2", other, () -> {}, detail -> {});
                },
                lively))
        .isPresent();

    fromUpstream(text("stuck", true, true));
    other.give(HexFormat.of().parseHex(text("hello", true, true)));
    signalOther[0].run();

    assertThat(lively.next()).isEqualTo("hello.");
    awaitCloseCode(0, 1001);
  }

  @Test
  void anUpstreamThatEndsWithoutACloseFrameShowsAs1011() throws Exception {
    begin();

    channel.end();
    signal.run();

    assertThat(client.next()).isEqualTo("close 1011");
    await("the end").until(() -> !channel.isOpen());
  }

  @Test
  void aClientThatIsSilentIsPingedWhenTheHostAsks() throws Exception {
    begin();

    fromUpstream("8900");

    assertThat(client.next()).isEqualTo("ping");
    await("the pong")
        .until(
            () -> {
              channel.take();
              return channel.taken().length == 6;
            });
  }

  @Test
  void anUpstreamThatNeverAnswersACloseIsLeft() {
    Relay relay = begin();

    relay.closed(1000, "bye");

    awaitCloseCode(0, 1000);
    await("the end of the grace").until(() -> !channel.isOpen());
    await("the end of the relay").until(() -> client.dones.get() == 1);
  }

  @Test
  void aMessageIsHeldUpWhileTheUpstreamTakesNothing() throws Exception {
    Relay relay = begin();
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(() -> relay.binary(ByteBuffer.allocate(3000), true));

    await("a full channel").until(() -> channel.held() == 1024);
    assertThat(sent).isNotDone();
    await("the whole message")
        .until(
            () -> {
              channel.take();
              signal.run();
              return channel.taken().length == 3008;
            });

    sent.get(10, TimeUnit.SECONDS);
  }

  /** The stall timeout is long; the channel gives no signal of a close that is ours. */
  @Test
  void aMessageThatIsHeldUpIsLetGoOfWhenItsStreamIsClosed() throws Exception {
    Relay relay = begin();
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(() -> relay.binary(ByteBuffer.allocate(3000), true));
    await("a full channel").until(() -> channel.held() == 1024);

    relay.closed(1006, "");

    sent.get(10, TimeUnit.SECONDS);
    await("the end of the relay").until(() -> client.dones.get() == 1);
  }

  @Test
  void aSendThatOutlivesItsRelayIsBrokenOffToo() throws Exception {
    client.stalls = new CountDownLatch(1);
    Relay relay = begin(Duration.ofSeconds(1));
    fromUpstream(text("stuck", true, true));
    client.begun.await();

    relay.closed(1000, "bye");
    await("the end of the relay").until(() -> client.dones.get() == 1);
    assertThat(client.sent).isEmpty();

    assertThat(client.next()).as("the send, interrupted").isEqualTo("stuck.");
  }
}
