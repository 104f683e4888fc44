package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
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

/**
 * Metrics as Prometheus reads them.
 *
 * @param authorization of the reader
 */
record Metrics(URI uri, String authorization) {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The server's {@code /metrics}, of all its applications. */
  static Metrics of(TestServer server) {
    return new Metrics(server.http("/metrics?scope=application"), HttpAnswers.ANONYMOUS);
  }

  /** {@code /admin/metrics} of one application that {@link Config#administered} made. */
  static Metrics of(Application application) {
    return new Metrics(application.http("/admin/metrics"), HttpAnswers.basic("alice", "ecila"));
  }

  /** All lines but comments. */
  List<String> lines() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).header("Accept", "text/plain");
    if (!authorization.equals(HttpAnswers.ANONYMOUS)) {
      request.header("Authorization", authorization);
    }
    try {
      String body = HTTP.send(request.build(), BodyHandlers.ofString()).body();
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
    List<Double> found = values(name, tags);
    assertThat(found).as("series of %s", name).hasSizeLessThan(2);
    return found.stream().mapToDouble(value -> value).findFirst();
  }

  /** The sum of all series with these tags. */
  double sum(String name, String... tags) {
    return values(name, tags).stream().mapToDouble(value -> value).sum();
  }

  private List<Double> values(String name, String... tags) {
    return lines().stream()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(tags).allMatch(line::contains))
        .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
        .toList();
  }

  /** Waits until a series has a value. */
  void await(double expected, String name, String... tags) {
    Awaitility.await(name + Arrays.toString(tags))
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(value(name, tags)).hasValue(expected));
  }
}
