package dev.culvert.host.dial;

import dev.culvert.host.loop.HostThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks host names up on threads of its own, because the JDK's resolver blocks. At most {@value
 * #THREADS} look-ups run at once and {@value #QUEUE} wait; the JDK caches the answers. Safe for use
 * by any thread.
 */
public final class Resolver implements AutoCloseable {

  private static final int THREADS = 4;
  private static final int QUEUE = 4096;

  /** Takes the outcome of a look-up; called on a thread of the resolver or of the caller. */
  public interface Callback {
    void resolved(List<InetSocketAddress> addresses);

    void failed(String detail);
  }

  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(QUEUE),
          task -> HostThreads.create("culvert-resolver", task));

  /** Makes a resolver; threads start with the first look-up and end when idle. */
  public Resolver() {
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Looks an address up.
   *
   * @param authority {@code host:port}, IPv6 hosts in brackets
   */
  void resolve(String authority, Callback callback) {
    int colon = authority.lastIndexOf(':');
    int port = Integer.parseInt(authority.substring(colon + 1));
    String bracketed = authority.substring(0, colon);
    String host =
        bracketed.startsWith("[") ? bracketed.substring(1, bracketed.length() - 1) : bracketed;
    if (isLiteral(host)) {
      lookUp(host, port, callback);
      return;
    }
    try {
      executor.execute(() -> lookUp(host, port, callback));
    } catch (RejectedExecutionException e) {
      callback.failed(host + ": too many look-ups are waiting");
    }
  }

  private static void lookUp(String host, int port, Callback callback) {
    List<InetSocketAddress> addresses;
    try {
      addresses =
          Arrays.stream(InetAddress.getAllByName(host))
              .map(address -> new InetSocketAddress(address, port))
              .toList();
    } catch (UnknownHostException e) {
      callback.failed(host + ": unknown host");
      return;
    }
    callback.resolved(addresses);
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
