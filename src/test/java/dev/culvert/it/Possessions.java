package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ServerJvm;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a server has open at one time, to be compared with what it has later.
 *
 * @param files sockets included
 * @param threads of Culvert, by name; those of the server grow and shrink by rules of its own
 */
record Possessions(ServerJvm jvm, long files, Map<String, Long> threads) {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Possessions of(ServerJvm jvm) {
    return new Possessions(jvm, jvm.openFiles(), threadsOf(jvm));
  }

  private static Map<String, Long> threadsOf(ServerJvm jvm) {
    return jvm.threadNames().stream()
        .filter(name -> name.startsWith("culvert-"))
        .map(name -> name.replaceAll("\\d+", "#"))
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
  }

  /** Waits until the server has no more files and no more threads of any name than it had. */
  void awaitReturn() {
    await("the start's figures")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> of(jvm).assertNoMoreThan(this));
  }

  private void assertNoMoreThan(Possessions before) {
    assertThat(files).as("files").isLessThanOrEqualTo(before.files);
    assertThat(threads)
        .as("threads")
        .allSatisfy(
            (name, count) ->
                assertThat(count)
                    .as(name)
                    .isLessThanOrEqualTo(before.threads.getOrDefault(name, 0L)));
  }
}
