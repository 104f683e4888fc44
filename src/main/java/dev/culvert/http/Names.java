package dev.culvert.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Addresses of hosts, remembered for a moment: a look-up blocks its thread, and who knows that a
 * name is remembered may connect on a thread that must not block. Safe for use by any thread.
 */
final class Names implements DnsResolver {

  /** The JDK itself remembers names for half a minute. */
  private static final long FRESH = Duration.ofSeconds(10).toNanos();

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");
  private static final int MOST = 1024;

  private record Entry(List<InetAddress> addresses, long at) {}

  /** Looks names up, and may block. */
  interface Lookup {
    InetAddress[] all(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final LongSupplier clock;
  private final Map<String, Entry> known = new ConcurrentHashMap<>();

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  Names(Lookup lookup, LongSupplier clock) {
    this.lookup = lookup;
    this.clock = clock;
  }

  /** Whether {@link #resolve} answers without a look-up, now and for a while. */
  boolean knows(String host) {
    return LITERAL.matcher(host).matches() || isFresh(known.get(host), FRESH);
  }

  private boolean isFresh(Entry entry, long limit) {
    return entry != null && clock.getAsLong() - entry.at() < limit;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    Entry entry = known.get(host);
    if (isFresh(entry, 2 * FRESH)) { // who asked knows() has as long again
      return entry.addresses().toArray(InetAddress[]::new);
    }
    InetAddress[] addresses = lookup.all(host);
    if (known.size() >= MOST) {
      known.clear();
    }
    known.put(host, new Entry(List.of(addresses), clock.getAsLong()));
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
