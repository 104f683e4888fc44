package dev.culvert.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Lets a server's JVM not outlive the test that started it. Runs in that JVM. */
final class ParentWatch {

  private static final int EXIT_PARENT_GONE = 3;

  private ParentWatch() {}

  /** Halts the JVM when the input ends, which its parent holds open. */
  static void haltAtEndOf(InputStream input) {
    Thread watch =
        new Thread(
            () -> {
              try {
                input.transferTo(OutputStream.nullOutputStream());
              } catch (IOException broken) {
                throw new UncheckedIOException(broken);
              } finally {
                Runtime.getRuntime().halt(EXIT_PARENT_GONE);
              }
            },
            "testkit-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
