package dev.culvert.host.dial;

import dev.culvert.host.loop.HostThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks host names up on threads of its own, because the JDK's resolver blocks. At most {@value
 * #THREADS} look-ups run at once, one for each name, so that a name whose servers do not answer
 * holds up one thread only. {@value #QUEUE} names wait, and as many callers for each; names that
 * nobody waits for any more are not looked up. The JDK caches the answers. Safe for use by any
 * thread.
 */
public final class Resolver implements AutoCloseable {

  private static final int THREADS = 4;
  private static final int QUEUE = 4096;
  private static final String TOO_MANY = ": too many look-ups are waiting";

  private static final int LAST_PORT = 65_535;
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\[\\]]+]|[^:\\[\\]]+):([0-9]{1,5})");

  /** What the JDK takes for an address; about anything else it may ask a name server. */
  private static final Pattern LITERAL =
      Pattern.compile("\\[.*]|(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** Takes the outcome of a look-up; called on a thread of the resolver or of the caller. */
  public interface Callback {
    /** The name has these addresses, at least one, in the order in which they are to be tried. */
    void resolved(List<InetSocketAddress> addresses);

    /** There are none, for this reason. */
    void failed(String detail);

    /** Whether the outcome still matters; any thread. */
    boolean isWanted();
  }

  /** Who knows the addresses of names; blocks. */
  public interface Names {
    /** The addresses of a name, at least one. */
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private record Waiter(int port, Callback callback) {}

  private final Names names;

  /** Those who wait for each name; guarded by this. */
  private final Map<String, List<Waiter>> waiters = new HashMap<>();

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
    this(InetAddress::getAllByName);
  }

  /** Makes a resolver that asks somebody else than the JDK. */
  public Resolver(Names names) {
    this.names = names;
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Looks an address up.
   *
   * @param authority {@code host:port}, IPv6 hosts in brackets
   */
  public void resolve(String authority, Callback callback) {
    Matcher matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > LAST_PORT) {
      callback.failed("address (expected: host:port)");
      return;
    }
    String host = matcher.group(1);
    int port = Integer.parseInt(matcher.group(2));
    Waiter waiter = new Waiter(port, callback);
    if (isAddress(host)) {
      answer(host, () -> List.of(waiter));
      return;
    }
    switch (join(host, waiter)) {
      case FIRST -> lookUpSoon(host);
      case FULL -> callback.failed(host + TOO_MANY);
      case LATER -> {} // told with the others
    }
  }

  private enum Place {
    FIRST,
    LATER,
    FULL
  }

  private synchronized Place join(String host, Waiter waiter) {
    List<Waiter> others = waiters.get(host);
    if (others == null) {
      waiters.put(host, new ArrayList<>(List.of(waiter)));
      return Place.FIRST;
    }
    if (others.size() >= QUEUE) {
      others.removeIf(other -> !other.callback().isWanted());
    }
    if (others.size() >= QUEUE) {
      return Place.FULL;
    }
    others.add(waiter);
    return Place.LATER;
  }

  private void lookUpSoon(String host) {
    try {
      executor.execute(
          () -> {
            if (isWanted(host)) {
              answer(host, () -> leave(host));
            }
          });
    } catch (RejectedExecutionException e) {
      leave(host).forEach(waiter -> waiter.callback().failed(host + TOO_MANY));
    }
  }

  /** Whether anybody still waits; if not, the next one who asks is the first again. */
  private synchronized boolean isWanted(String host) {
    boolean wanted = waiters.get(host).stream().anyMatch(waiter -> waiter.callback().isWanted());
    if (!wanted) {
      waiters.remove(host);
    }
    return wanted;
  }

  private synchronized List<Waiter> leave(String host) {
    return waiters.remove(host);
  }

  /** Looks up, then tells those who wait by then. */
  private void answer(String host, Supplier<List<Waiter>> waiting) {
    InetAddress[] addresses;
    try {
      addresses = names.addresses(host);
    } catch (UnknownHostException e) {
      waiting.get().forEach(waiter -> waiter.callback().failed(host + ": unknown host"));
      return;
    } catch (RuntimeException | Error e) {
      waiting.get().forEach(waiter -> waiter.callback().failed(host + ": " + e));
      return;
    }
    for (Waiter waiter : waiting.get()) {
      waiter
          .callback()
          .resolved(
              Arrays.stream(addresses)
                  .map(address -> new InetSocketAddress(address, waiter.port()))
                  .toList());
    }
  }

  /** Whether a host is an IP address, with or without brackets. */
  static boolean isAddress(String host) {
    return host.contains(":") || LITERAL.matcher(host).matches();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
