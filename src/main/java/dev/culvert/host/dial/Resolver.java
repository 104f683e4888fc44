package dev.culvert.host.dial;

import dev.culvert.host.loop.HostThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks host names up on threads of its own, because the JDK's resolver blocks. At most {@value
 * #THREADS} look-ups run at once, one for each name, so that a name whose servers do not answer
 * holds up one thread only. {@value #QUEUE} names wait, and as many callers for each; names that
 * nobody waits for any more are not looked up. While a name cannot be looked up nobody waits for
 * it, and its {@link KnownAddresses known addresses} hold on. Safe for use by any thread.
 */
public final class Resolver implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  static final int THREADS = 8;
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

  private record Waiter(int port, Callback callback) {

    void tell(List<InetAddress> addresses) {
      callback.resolved(
          addresses.stream().map(address -> new InetSocketAddress(address, port)).toList());
    }
  }

  /** Nobody: what was found before is looked up again. */
  private static final Waiter NOBODY =
      new Waiter(
          0,
          new Callback() {
            @Override
            public void resolved(List<InetSocketAddress> addresses) {
              // known from now on
            }

            @Override
            public void failed(String detail) {
              // so the next one who asks looks it up
            }

            @Override
            public boolean isWanted() {
              return true;
            }
          });

  private final Names names;
  private final KnownAddresses known;

  /** Those who wait for each name; guarded by this. */
  private final Map<String, List<Waiter>> waiters = new HashMap<>();

  private final ThreadPoolExecutor executor;

  /** Makes a resolver; threads start with the first look-up and end when idle. */
  public Resolver() {
    this(InetAddress::getAllByName, System::nanoTime);
  }

  /**
   * Makes a resolver that asks somebody else than the JDK.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public Resolver(Names names, LongSupplier clock) {
    this(names, clock, task -> HostThreads.create("culvert-resolver", task));
  }

  Resolver(Names names, LongSupplier clock, ThreadFactory threads) {
    this.names = names;
    this.known = new KnownAddresses(clock);
    this.executor =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), threads);
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
      lookUp(host).tell(List.of(waiter));
      return;
    }
    Optional<List<InetAddress>> current = known.current(host);
    if (current.isPresent()) {
      refresh(host);
      waiter.tell(current.get());
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

  private void refresh(String host) {
    synchronized (this) {
      if (!known.isDue(host) || waiters.containsKey(host)) {
        return;
      }
      waiters.put(host, new ArrayList<>(List.of(NOBODY)));
    }
    lookUpSoon(host);
  }

  private void lookUpSoon(String host) {
    try {
      executor.execute(
          () -> {
            if (isWanted(host)) {
              Answer answer = remembered(host, lookUp(host));
              answer.tell(leave(host));
            }
          });
    } catch (RejectedExecutionException e) {
      new Answer(List.of(), host + TOO_MANY).tell(leave(host));
    } catch (OutOfMemoryError e) { // of threads; else nobody would look this name up any more
      new Answer(List.of(), host + ": " + e).tell(leave(host));
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

  /**
   * What came of a look-up.
   *
   * @param addresses none when it failed
   * @param detail why it failed
   */
  private record Answer(List<InetAddress> addresses, String detail) {

    void tell(List<Waiter> waiting) {
      waiting.forEach(this::tell);
    }

    private void tell(Waiter waiter) {
      try {
        if (addresses.isEmpty()) {
          waiter.callback().failed(detail);
        } else {
          waiter.tell(addresses);
        }
      } catch (RuntimeException | Error e) { // others wait as well
        LOG.log(Level.ERROR, "CULVERT-H002 task failed", e);
      }
    }
  }

  private Answer lookUp(String host) {
    try {
      return new Answer(List.of(names.addresses(host)), "");
    } catch (UnknownHostException e) {
      return new Answer(List.of(), host + ": unknown host");
    } catch (RuntimeException | Error e) {
      return new Answer(List.of(), host + ": " + e);
    }
  }

  private Answer remembered(String host, Answer answer) {
    if (!answer.addresses().isEmpty()) {
      known.found(host, answer.addresses());
      return answer;
    }
    Optional<List<InetAddress>> before = known.holdOn(host);
    before.ifPresent(
        addresses -> LOG.log(Level.DEBUG, "{0}; what was found before holds on", answer.detail()));
    return before.map(addresses -> new Answer(addresses, "")).orElse(answer);
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
