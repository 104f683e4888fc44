package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.host.StreamsMXBean;
import java.time.Duration;
import java.util.Map;

/**
 * What the host has counted over JMX since its beginning; the sums of all its streams.
 *
 * @param ended streams by result
 */
record Totals(Map<String, Long> ended, long toUpstream, long fromUpstream) {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  static Totals of(StreamsMXBean streams) {
    return new Totals(
        Map.copyOf(streams.getEnded()),
        streams.getBytesToUpstream(),
        streams.getBytesFromUpstream());
  }

  long ended(String result) {
    return ended.getOrDefault(result, 0L);
  }

  /** Waits until so many more streams have ended with a result. */
  void awaitMoreEnded(StreamsMXBean streams, String result, long more) {
    await("streams that ended: " + result)
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(of(streams).ended(result)).isEqualTo(ended(result) + more));
  }

  /** Fails unless so many more bytes went through. */
  void assertMoreBytes(StreamsMXBean streams, long sent, long received) {
    Totals now = of(streams);
    assertThat(now.toUpstream() - toUpstream).as("bytes to upstreams").isEqualTo(sent);
    assertThat(now.fromUpstream() - fromUpstream).as("bytes from upstreams").isEqualTo(received);
  }
}
