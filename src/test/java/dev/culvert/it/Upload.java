package dev.culvert.it;

import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Writes a body on a thread of its own, as fast as it is taken. */
record Upload(AtomicLong written) {

  /** Bytes that are written at once. */
  static final int PIECE = 64 * 1024;

  static Upload begin(Wire wire, long length) {
    Upload upload = new Upload(new AtomicLong());
    Thread thread = new Thread(() -> upload.write(wire, length), "upload");
    thread.setDaemon(true);
    thread.start();
    return upload;
  }

  private void write(Wire wire, long length) {
    byte[] piece = new byte[PIECE];
    try {
      while (written.get() < length) {
        wire.send(piece);
        written.addAndGet(piece.length);
      }
    } catch (IOException e) {
      System.getLogger(Upload.class.getName())
          .log(System.Logger.Level.DEBUG, "nobody takes it any more", e);
    }
  }

  long sent() {
    return written.get();
  }

  void awaitStandstill() {
    AtomicLong last = new AtomicLong(-1);
    Awaitility.await("the client to be held up")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> sent() > 0 && last.getAndSet(sent()) == sent());
  }
}
