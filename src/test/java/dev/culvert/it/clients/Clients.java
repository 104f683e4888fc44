package dev.culvert.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/**
 * A client of each kind, used one by one or all at once. One whose program is missing is left out,
 * and the tests that need it are skipped. Used by one thread.
 */
final class Clients<K extends Enum<K>> implements AutoCloseable {

  /** Starts a client; aborts the test where its program is missing. */
  interface Starter<K> {
    RealClient start(K kind) throws IOException, InterruptedException;
  }

  private final Map<K, RealClient> started;
  private final Map<K, TestAbortedException> missing;

  private Clients(Class<K> kinds) {
    started = new EnumMap<>(kinds);
    missing = new EnumMap<>(kinds);
  }

  static <K extends Enum<K>> Clients<K> start(Class<K> kinds, Starter<K> starter)
      throws IOException, InterruptedException {
    Clients<K> clients = new Clients<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      try {
        clients.started.put(kind, starter.start(kind));
      } catch (TestAbortedException absent) {
        clients.missing.put(kind, absent);
      }
    }
    return clients;
  }

  /** The client of a kind; without it the test is skipped. */
  RealClient of(K kind) {
    if (missing.containsKey(kind)) {
      throw missing.get(kind);
    }
    return started.get(kind);
  }

  boolean has(K kind) {
    return started.containsKey(kind);
  }

  /** To be called after what all of them show: the test counts as skipped where one is missing. */
  void requireAll() {
    missing.keySet().forEach(this::of);
  }

  /** The {@code Origin} of the one that sends such a field. */
  Optional<String> origin() {
    return started.values().stream().flatMap(client -> client.origin().stream()).findFirst();
  }

  /** Opens a stream of each. */
  void open(String address) throws IOException, InterruptedException {
    for (Map.Entry<K, RealClient> client : started.entrySet()) {
      assertThat(client.getValue().ask("open " + address))
          .as(client.getKey().name())
          .startsWith("opened");
    }
  }

  /** Sends a message of each, whose echo must be right. */
  void echo(String message) throws IOException, InterruptedException {
    for (Map.Entry<K, RealClient> client : started.entrySet()) {
      assertThat(client.getValue().ask(message))
          .as(client.getKey().name())
          .isEqualTo("echoed " + message);
    }
  }

  /** Each of them must hear that its stream has been closed with this code. */
  void awaitClosed(int code) throws InterruptedException {
    for (Map.Entry<K, RealClient> client : started.entrySet()) {
      assertThat(client.getValue().receive())
          .as(client.getKey().name())
          .startsWith("closed " + code);
    }
  }

  /** Ends the clients themselves. */
  @Override
  public void close() throws IOException {
    for (RealClient client : started.values()) {
      client.close();
    }
  }
}
