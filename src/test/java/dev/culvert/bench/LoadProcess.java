package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The load client as seen from the benchmark. One order at a time. */
final class LoadProcess implements AutoCloseable {

  private static final Duration SLACK = Duration.ofMinutes(1);

  private final ChildJvm jvm;

  private LoadProcess(ChildJvm jvm) {
    this.jvm = jvm;
  }

  static LoadProcess start(Path directory) throws IOException {
    return new LoadProcess(ChildJvm.start(directory, LoadClient.class));
  }

  /** Puts load on a contestant and returns what was measured. */
  Measurement measure(Load load) throws IOException {
    Duration time = load.warmUp().plus(load.window());
    return Measurement.parse(order(LoadClient.LOAD + " " + String.join(" ", load.toWords()), time));
  }

  /** Opens idle streams beside those that are open. */
  void openIdle(Listener listener, int count) throws IOException {
    order(LoadClient.OPEN + " " + listener.toWord() + " " + count, Duration.ofMillis(10L * count));
  }

  /** Closes all idle streams. */
  void closeIdle() throws IOException {
    order(LoadClient.CLOSE, Duration.ZERO);
  }

  private String order(String order, Duration time) throws IOException {
    jvm.tell(order);
    String answer = jvm.hear(time.plus(SLACK));
    if (!answer.startsWith(LoadClient.DONE)) {
      throw new IOException("load client: " + order + ": " + answer);
    }
    return answer.substring(LoadClient.DONE.length());
  }

  @Override
  public void close() {
    jvm.close();
  }
}
