package dev.culvert.bench;

import dev.culvert.testkit.Wire;
import java.io.IOException;

/** How it shows that a contestant has started. */
enum Readiness {
  /** A WebSocket stream opens. */
  STREAM {
    @Override
    void check(Listener listener) throws IOException {
      Dialler.to(listener).open("/ready").close();
    }
  },

  /** A request is answered by the upstream. */
  REQUEST {
    @Override
    void check(Listener listener) throws IOException {
      try (Wire wire = Wire.connect(listener.port())) {
        wire.send("GET /0 HTTP/1.1\r\nHost: 127.0.0.1:" + listener.port() + "\r\n\r\n");
        int status = wire.readResponse().status();
        if (status != OK) {
          throw new IOException("answer: " + status + " (expected: " + OK + ")");
        }
      }
    }
  };

  private static final int OK = 200;

  /**
   * Tries it once.
   *
   * @throws IOException when it has not started yet
   */
  abstract void check(Listener listener) throws IOException;
}
