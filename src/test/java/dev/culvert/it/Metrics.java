package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.awaitility.Awaitility;

/** The server's {@code /metrics}, as Prometheus reads it. */
record Metrics(URI uri) {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static Metrics of(TestServer server) {
    return new Metrics(server.http("/metrics?scope=application"));
  }

  /** All lines but comments. */
  List<String> lines() {
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).header("Accept", "text/plain").build();
    try {
      String body = HTTP.send(request, BodyHandlers.ofString()).body();
      return body.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /**
   * The value of a series.
   *
   * @param tags each {@code name="value"}; the series has these and the server's own
   */
  OptionalDouble value(String name, String... tags) {
    List<String> found =
        lines().stream()
            .filter(line -> line.startsWith(name + "{"))
            .filter(line -> Arrays.stream(tags).allMatch(line::contains))
            .toList();
    assertThat(found).as("series of %s", name).hasSizeLessThan(2);
    return found.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst();
  }

  /** Waits until a series has a value. */
  void await(double expected, String name, String... tags) {
    Awaitility.await(name + Arrays.toString(tags))
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(value(name, tags)).hasValue(expected));
  }
}
