package dev.culvert.testkit;

import java.lang.reflect.Field;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of Payara's web container for asynchronous exchanges, {@code
 * glassfish-web-async-thread}. One that begins during a request has the class loader of that
 * request's application for its context, and keeps it until it has been idle for a minute.
 */
final class PayaraAsyncThreads {

  /** System property of the server: seconds of idleness after which they end instead. */
  private static final String IDLE_SECONDS = "testkit.async-idle-seconds";

  private PayaraAsyncThreads() {}

  /**
   * Does what the system property says: a test that waits for the end of a class loader waits for
   * the same threads to end, not as long.
   *
   * @param server a class loader that sees the web container
   */
  static void configure(ClassLoader server) throws ReflectiveOperationException {
    Integer seconds = Integer.getInteger(IDLE_SECONDS);
    if (seconds == null) {
      return;
    }
    Field pool =
        Class.forName("org.apache.catalina.connector.AsyncContextImpl", true, server)
            .getDeclaredField("pool");
    pool.setAccessible(true);
    ((ThreadPoolExecutor) pool.get(null)).setKeepAliveTime(seconds, TimeUnit.SECONDS);
  }
}
