package dev.culvert.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Addresses of hosts, remembered: a look-up blocks its thread, and who connects must not block. So
 * a request has its name looked up before it begins, unless that was done a moment ago, and goes by
 * what was found then however long it waits for a connection. Safe for use by any thread.
 */
final class Names implements DnsResolver {

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  /** The JDK itself remembers names for half a minute. */
  private static final long FRESH = Duration.ofSeconds(10).toNanos();

  /** What is known holds for as long when no more can be found; RFC 8767 section 5: 1 to 3 days. */
  private static final long STALE = Duration.ofDays(1).toNanos();

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");

  /**
   * What a name leads to.
   *
   * @param found when
   * @param at when it was last found, or could not be
   */
  private record Entry(List<InetAddress> addresses, long found, long at) {}

  /** Looks names up, and may block. */
  interface Lookup {
    InetAddress[] all(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final LongSupplier clock;
  private final int most;

  /** In the order of use, the least recent first; guarded by this. */
  private final LinkedHashMap<String, Entry> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Knows no name yet.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime}
   * @param most names at once, above zero
   */
  Names(Lookup lookup, LongSupplier clock, int most) {
    this.lookup = lookup;
    this.clock = clock;
    this.most = most;
  }

  /** Whether a request may begin to connect to this host without {@link #refresh}. */
  boolean knows(String host) {
    if (LITERAL.matcher(host).matches()) {
      return true;
    }
    Entry entry = remembered(host);
    return entry != null && clock.getAsLong() - entry.at() < FRESH;
  }

  private synchronized Entry remembered(String host) {
    return known.get(host);
  }

  /**
   * Looks the name up, unless somebody has a moment ago. May block.
   *
   * @throws UnknownHostException when nothing is found, and nothing was before
   */
  void refresh(String host) throws UnknownHostException {
    if (knows(host)) {
      return;
    }
    try {
      var unused = lookUp(host);
    } catch (UnknownHostException e) {
      if (!keeps(host)) {
        throw e;
      }
      LOG.log(Level.DEBUG, "{0}: what was found before holds on: {1}", host, e.getMessage());
    }
  }

  /**
   * Goes by what was found before for another while, since no more can be found now: its servers
   * may be there although those of the name are not.
   *
   * @return whether there is something
   */
  synchronized boolean keeps(String host) {
    Entry entry = known.get(host);
    long now = clock.getAsLong();
    if (entry == null || now - entry.found() >= STALE) {
      return false;
    }
    known.put(host, new Entry(entry.addresses(), entry.found(), now));
    return true;
  }

  /**
   * What was found last; on threads that must not block. Only a name that was forgotten is looked
   * up: while its request waited for a connection, as many others were asked for as are remembered.
   */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    Entry entry = remembered(host);
    return (entry == null ? lookUp(host) : entry).addresses().toArray(InetAddress[]::new);
  }

  private Entry lookUp(String host) throws UnknownHostException {
    List<InetAddress> addresses = List.of(lookup.all(host));
    long now = clock.getAsLong();
    Entry found = new Entry(addresses, now, now);
    synchronized (this) {
      known.put(host, found);
      if (known.size() > most) {
        var eldest = known.keySet().iterator();
        eldest.next();
        eldest.remove();
      }
    }
    return found;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
