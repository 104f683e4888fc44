package dev.culvert.host.upstream;

import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.Target;
import dev.culvert.testkit.ScriptedUpstream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Dials real servers with Tyrus. */
abstract class TyrusDialling {

  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final int MAX_MESSAGE = 100_000;

  static TyrusDialer dialer;

  final RecordedEvents events = new RecordedEvents();
  private final List<AutoCloseable> owned = new ArrayList<>();

  @BeforeAll
  static void startTyrus() {
    dialer = TyrusDialer.create(MAX_MESSAGE);
  }

  @AfterAll
  static void stopTyrus() {
    dialer.close();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : owned) {
      each.close();
    }
  }

  /** Closes it at the end of the test. */
  <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  Dialer.Dialing dial(URI uri, Duration timeout) {
    return dialer.dial(target(uri), timeout, events);
  }

  static Target target(URI uri) {
    return new Target(uri, List.of(), Optional.empty(), Optional.empty());
  }

  static URI uri(ScriptedUpstream upstream) {
    return URI.create("ws://" + upstream.authority() + "/");
  }
}
