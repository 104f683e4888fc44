package dev.culvert.host.loop;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tries what threads of the server may be in the way of, on a thread of the host's own: at once and
 * {@value #FURTHER} more times, each later than the last, for about fifteen seconds.
 */
public final class LaterTries {

  private static final int FURTHER = 5;

  /** Doubles with each try. */
  private static final long FIRST_PAUSE_MILLIS = 500;

  private LaterTries() {}

  /**
   * Begins to try; nothing happens where no thread is to be had.
   *
   * @param done tries, and tells whether that was the last time
   */
  public static void begin(String thread, BooleanSupplier done) {
    try {
      HostThreads.start(thread, () -> run(done, FIRST_PAUSE_MILLIS));
    } catch (OutOfMemoryError e) { // of threads
      System.getLogger("dev.culvert.host")
          .log(System.Logger.Level.DEBUG, "no thread is to be had: {0}", thread);
    }
  }

  static void run(BooleanSupplier done, long firstPauseMillis) {
    try {
      for (int i = 0; !done.getAsBoolean() && i < FURTHER; i++) {
        TimeUnit.MILLISECONDS.sleep(firstPauseMillis << i);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
