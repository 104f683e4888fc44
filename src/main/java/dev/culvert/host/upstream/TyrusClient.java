package dev.culvert.host.upstream;

import dev.culvert.host.loop.HostThreads;
import java.lang.reflect.Field;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.ThreadPoolConfig;
import org.glassfish.tyrus.container.jdk.client.DirectContainer;
import org.glassfish.tyrus.core.BaseContainer;

/**
 * Makes the Tyrus client fit for the host: none of its threads may be of the server or inherit
 * anything of a web application. To be called on a thread of the host, since part of it is static.
 */
final class TyrusClient {

  private static final int IO_THREADS = 2;

  /**
   * Handlers that block, as back-pressure on their upstream, keep a thread each. A deployment has
   * them block half as many.
   */
  private static final int MAX_IO_THREADS = 512;

  /** Every attempt is bounded by its own time-out, and then cut. */
  private static final int HANDSHAKE_MILLIS = (int) TimeUnit.HOURS.toMillis(1);

  private static final int IDLE_SECONDS = 5;

  private TyrusClient() {}

  /**
   * Makes a client.
   *
   * @param maxFrame largest payload of a frame, in bytes; a larger one closes the connection
   * @throws IllegalStateException when the copy of Tyrus is not the one this was written for
   */
  static ClientManager create(int maxFrame) {
    ThreadFactory threads = task -> HostThreads.create("culvert-upstream-io", task);
    ClientManager client = ClientManager.createClient(DirectContainer.class.getName());
    try {
      // Payara answers the look-up of these with its own, which capture the caller's context.
      // Those that Tyrus makes itself it shuts down with the last session, also for one that is
      // just beginning, whose dial then never ends (2.1.5, BaseContainer.shutdown).
      set(client, "managedExecutorService", executor(threads));
      set(client, "managedScheduledExecutorService", scheduler(threads));
      set(client, "threadFactory", threads);
      TyrusTransport.start();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Tyrus: unknown version (expected: 2.1.5)", e);
    }
    client
        .getProperties()
        .put(
            ClientProperties.WORKER_THREAD_POOL_CONFIG,
            ThreadPoolConfig.defaultConfig()
                .setCorePoolSize(IO_THREADS)
                .setMaxPoolSize(MAX_IO_THREADS)
                .setKeepAliveTime(30, TimeUnit.SECONDS)
                .setThreadFactory(threads));
    client.getProperties().put(ClientProperties.HANDSHAKE_TIMEOUT, HANDSHAKE_MILLIS);
    client.getProperties().put(ClientProperties.INCOMING_BUFFER_SIZE, maxFrame);
    return client;
  }

  /** Without a task it has no thread, so that nobody has to end it. */
  private static ExecutorService executor(ThreadFactory threads) {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
  }

  /** As {@link #executor}. */
  private static ScheduledExecutorService scheduler(ThreadFactory threads) {
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, threads);
    scheduler.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    scheduler.allowCoreThreadTimeOut(true);
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  private static void set(ClientManager client, String name, Object value)
      throws ReflectiveOperationException {
    Field field = BaseContainer.class.getDeclaredField(name);
    field.setAccessible(true);
    field.set(client, value);
  }
}
