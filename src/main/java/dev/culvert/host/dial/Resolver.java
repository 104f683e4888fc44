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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks host names up on threads of its own, because the JDK's resolver blocks. At most {@value
 * #THREADS} look-ups run at once and {@value #QUEUE} wait; the JDK caches the answers. Safe for use
 * by any thread.
 */
public final class Resolver implements AutoCloseable {

  private static final int THREADS = 4;
  private static final int QUEUE = 4096;

  private static final int LAST_PORT = 65_535;
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\[\\]]+]|[^:\\[\\]]+):([0-9]{1,5})");

  /** What the JDK takes for an address; about anything else it may ask a name server. */
  private static final Pattern LITERAL =
      Pattern.compile("\\[.*]|(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

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
    Matcher matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > LAST_PORT) {
      callback.failed("address (expected: host:port)");
      return;
    }
    String host = matcher.group(1);
    int port = Integer.parseInt(matcher.group(2));
    if (isAddress(host)) {
      lookUp(host, port, callback);
      return;
    }
    try {
      executor.execute(() -> lookUp(host, port, callback));
    } catch (RejectedExecutionException e) {
      callback.failed(host + ": too many look-ups are waiting");
    }
  }

  /** Whether a host is an IP address, with or without brackets. */
  static boolean isAddress(String host) {
    return host.contains(":") || LITERAL.matcher(host).matches();
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

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
