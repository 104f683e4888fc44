package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What Undertow does not offer through the Servlet API: the thread to which an upgraded connection
 * belongs, and a close that waits for nobody. Undertow reads and decrypts on that thread without a
 * lock before it calls a listener, so whoever uses the connection on another thread meets it there.
 *
 * <p>Undertow's own close waits, on whatever thread, until the client has taken what is left; and
 * what is left for a client that is gone it tries to write for ever, on the thread that serves many
 * others (2.3.23, {@code UpgradeServletOutputStream.closeBlocking} and its write listener). Both
 * ends are to be asked for on that thread, or when it takes no task any more.
 */
final class UndertowConnection implements ConnectionEnd {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String CONNECTION = "io.undertow.servlet.spec.WebConnectionImpl";
  private static final long PAUSE_MILLIS = 20;

  private final Duration patience;
  private final AutoCloseable channel;
  private final Executor thread;
  private final Method later;
  private final Object sink;
  private final Method endOutput;
  private final Method flush;

  /** Where the servlet stream has the buffer that the client's system does not take yet. */
  private final Field pending;

  private final Object output;

  private UndertowConnection(WebConnection connection, Duration patience)
      throws ReflectiveOperationException, IOException {
    this.patience = patience;
    channel = (AutoCloseable) field(connection, "channel").get(connection);
    thread = (Executor) channel.getClass().getMethod("getIoThread").invoke(channel);
    later = method(thread, "executeAfter", Runnable.class, long.class, TimeUnit.class);
    sink = channel.getClass().getMethod("getSinkChannel").invoke(channel);
    endOutput = method(sink, "shutdownWrites");
    flush = method(sink, "flush");
    output = connection.getOutputStream();
    pending = field(output, "buffer");
  }

  private static Field field(Object owner, String name) throws NoSuchFieldException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static Method method(Object owner, String name, Class<?>... types)
      throws NoSuchMethodException {
    Method method = owner.getClass().getMethod(name, types);
    method.setAccessible(true);
    return method;
  }

  /**
   * What is Undertow's of a connection; empty when it is another server's.
   *
   * @param patience longest time for a client to take what was written
   */
  static Optional<UndertowConnection> of(WebConnection connection, Duration patience) {
    if (!connection.getClass().getName().equals(CONNECTION)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new UndertowConnection(connection, patience));
    } catch (ReflectiveOperationException | IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G015 Undertow of an unknown form, its thread is not used", e);
      return Optional.empty();
    }
  }

  /** Runs tasks on the connection's thread. */
  Executor thread() {
    return thread;
  }

  @Override
  public void abort(Runnable then) {
    closeNow(then);
  }

  @Override
  public void close(Runnable then) {
    closeAfterOutput(System.nanoTime(), then);
  }

  private void closeAfterOutput(long start, Runnable then) {
    try {
      endOutput.invoke(sink);
      boolean flushed = (boolean) flush.invoke(sink);
      if (!flushed && System.nanoTime() - start < patience.toNanos()) {
        Runnable again = () -> closeAfterOutput(start, then);
        later.invoke(thread, again, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "the client did not get all", e);
    }
    closeNow(then);
  }

  private void closeNow(Runnable then) {
    try {
      Buffer left = (Buffer) pending.get(output);
      if (left != null) {
        left.position(left.limit());
      }
      channel.close();
    } catch (Exception e) { // as declared by AutoCloseable
      LOG.log(Level.DEBUG, "connection did not close properly", e);
    }
    then.run();
  }
}
