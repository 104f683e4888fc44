package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.Sample;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.relay.Specs;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.relay.StreamResult;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private final EventLoop loop = new EventLoop("ledger-loop");
  private final Ledger ledger = new Ledger();

  @AfterEach
  void endLoop() {
    loop.close();
  }

  @Test
  void liveStreamsAreGaugesByRouteAndUpstream() throws IOException {
    ledger.opened(stream("1", Specs.opaque("upstream", "a")));
    ledger.opened(stream("2", Specs.opaque("upstream", "a")));
    ledger.opened(stream("3", Specs.opaque("upstream", "b")));

    assertThat(ledger.size()).isEqualTo(3);
    assertThat(value(Ledger.ACTIVE, Map.of("route", "route", "upstream", "a"))).isEqualTo(2);
    assertThat(value(Ledger.ACTIVE, Map.of("route", "route", "upstream", "b"))).isEqualTo(1);
  }

  @Test
  void anEndedStreamIsCountedOnce() throws IOException {
    Stream stream = stream("1", Specs.opaque());
    ledger.opened(stream);
    ledger.ended(stream, end(StreamResult.IDLE, 1.5));
    ledger.ended(stream, end(StreamResult.KILLED, 1.5));

    assertThat(ledger.live()).isEmpty();
    assertThat(ledger.results()).isEqualTo(Map.of("idle", 1L));
    assertThat(value(Ledger.TOTAL, Map.of("route", "route", "upstream", "up", "result", "idle")))
        .isEqualTo(1);
  }

  @Test
  void aStreamThatEndsMeanwhileIsCountedAsLiveOrAsEnded() throws Exception {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      streams.add(stream("s" + i, Specs.opaque()));
    }
    for (int round = 1; round <= 50; round++) {
      streams.forEach(ledger::opened);
      Thread ends = HostThreads.start("ends", () -> streams.forEach(this::end));
      do {
        assertThat(sum(Ledger.ACTIVE, Ledger.TOTAL)).isEqualTo(round * streams.size());
      } while (ends.isAlive());
    }
  }

  private void end(Stream stream) {
    ledger.ended(stream, end(StreamResult.CLOSED, 1));
  }

  private double sum(String... names) {
    return ledger.samples("app").stream()
        .filter(sample -> List.of(names).contains(sample.name()))
        .mapToDouble(Sample::value)
        .sum();
  }

  @Test
  void anEndWithoutBeginCountsNothing() throws IOException {
    ledger.ended(stream("1", Specs.opaque()), end(StreamResult.ERROR, 1));

    assertThat(ledger.results()).isEmpty();
    assertThat(ledger.samples("app")).isEmpty();
  }

  @Test
  void durationsFallIntoBucketsWhoseBoundsBelongToThem() throws IOException {
    ledger.bounds(List.of(1.0, 10.0));
    for (double seconds : new double[] {0.5, 1.0, 1.1, 10.0, 11.0}) {
      Stream stream = stream("s" + seconds, Specs.opaque());
      ledger.opened(stream);
      ledger.ended(stream, end(StreamResult.CLOSED, seconds));
    }

    Sample sample = sample(Ledger.DURATION, Map.of("route", "route", "result", "closed"));
    assertThat(sample.kind()).isEqualTo(Sample.HISTOGRAM);
    assertThat(sample.bounds()).containsExactly(1.0, 10.0);
    assertThat(sample.counts()).containsExactly(2L, 2L, 1L);
    assertThat(sample.value()).isEqualTo(23.6);
  }

  @Test
  void newBoundsHoldForHistogramsThatBeginLater() throws IOException {
    Stream first = stream("1", Specs.opaque());
    ledger.opened(first);
    ledger.ended(first, end(StreamResult.CLOSED, 1));
    ledger.bounds(List.of(5.0));
    Stream second = stream("2", Specs.opaque("route", "other"));
    ledger.opened(second);
    ledger.ended(second, end(StreamResult.CLOSED, 1));

    assertThat(sample(Ledger.DURATION, Map.of("route", "route", "result", "closed")).bounds())
        .isEmpty();
    assertThat(sample(Ledger.DURATION, Map.of("route", "other", "result", "closed")).bounds())
        .containsExactly(5.0);
  }

  @Test
  void countersOfTheGatewayAddUp() {
    ledger.count("app", "handshakes", Map.of("outcome", "ok"), 2);
    ledger.count("app", "handshakes", Map.of("outcome", "ok"), 3);
    ledger.count("app", "handshakes", Map.of("outcome", "bad"), 1);

    assertThat(value("handshakes", Map.of("outcome", "ok"))).isEqualTo(5);
    assertThat(value("handshakes", Map.of("outcome", "bad"))).isEqualTo(1);
  }

  @Test
  void applicationsSeeTheirOwn() throws IOException {
    ledger.opened(stream("1", Specs.opaque("application", "other")));
    ledger.count("other", "handshakes", Map.of(), 1);

    assertThat(ledger.samples("app")).isEmpty();
    assertThat(ledger.samples("other")).isNotEmpty();
  }

  @Test
  void aHistogramWithoutBoundsHasOneBucket() {
    Histogram histogram = new Histogram(List.of());
    histogram.record(7);

    assertThat(histogram.sample("h", Map.of()).counts()).containsExactly(1L);
  }

  private double value(String name, Map<String, String> tags) {
    return sample(name, tags).value();
  }

  private Sample sample(String name, Map<String, String> tags) {
    List<Sample> found =
        ledger.samples("app").stream()
            .filter(s -> s.name().equals(name) && s.tags().equals(tags))
            .toList();
    assertThat(found).as("samples of %s %s", name, tags).hasSize(1);
    return found.get(0);
  }

  private static StreamEnd end(StreamResult result, double seconds) {
    return new StreamEnd(result, CloseStatus.WITHOUT_FRAME, "", (long) (seconds * 1e9));
  }

  private Stream stream(String id, StreamSpec spec) throws IOException {
    SocketChannel unconnected = SocketChannel.open();
    unconnected.close();
    Wire wire = new SocketWire(unconnected, () -> {});
    StreamListener nobody =
        new StreamListener() {
          @Override
          public void opened(Stream stream) {}

          @Override
          public void ended(Stream stream, StreamEnd end) {}
        };
    return new Stream(id, 1, spec, loop, wire, wire, nobody);
  }
}
