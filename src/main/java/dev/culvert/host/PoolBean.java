package dev.culvert.host;

import dev.culvert.boundary.SocketInfo;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.SocketView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;

final class PoolBean implements PoolMXBean {

  private static final long LONGEST_TIMEOUT = Duration.ofHours(1).toMillis();
  private static final long LONGEST = Duration.ofDays(3650).toMillis();

  private final Pool pool;

  PoolBean(Pool pool) {
    this.pool = pool;
  }

  static String name(String application) {
    return "dev.culvert:type=Pool,application=" + ObjectName.quote(application);
  }

  @Override
  public boolean isEnabled() {
    return pool.settings().enabled();
  }

  @Override
  public void setEnabled(boolean enabled) {
    pool.change(settings -> settings.withEnabled(enabled));
  }

  @Override
  public int getMaxPerAccount() {
    return pool.settings().maxPerAccount();
  }

  @Override
  public void setMaxPerAccount(int sockets) {
    int checked = (int) inRange("MaxPerAccount", sockets, Integer.MAX_VALUE);
    pool.change(settings -> settings.withMaxPerAccount(checked));
  }

  @Override
  public long getMaxAgeMillis() {
    return pool.settings().maxAge().toMillis();
  }

  @Override
  public void setMaxAgeMillis(long millis) {
    Duration age = Duration.ofMillis(inRange("MaxAgeMillis", millis, LONGEST));
    pool.change(settings -> settings.withMaxAge(age));
  }

  @Override
  public long getPingIntervalMillis() {
    return pool.settings().pingInterval().toMillis();
  }

  @Override
  public void setPingIntervalMillis(long millis) {
    Duration interval = timeout("PingIntervalMillis", millis);
    pool.change(settings -> settings.withPingInterval(interval));
  }

  @Override
  public long getOpenTimeoutMillis() {
    return pool.settings().openTimeout().toMillis();
  }

  @Override
  public void setOpenTimeoutMillis(long millis) {
    Duration timeout = timeout("OpenTimeoutMillis", millis);
    pool.change(settings -> settings.withOpenTimeout(timeout));
  }

  @Override
  public long getResponseStartTimeoutMillis() {
    return pool.settings().responseStartTimeout().toMillis();
  }

  @Override
  public void setResponseStartTimeoutMillis(long millis) {
    Duration timeout = timeout("ResponseStartTimeoutMillis", millis);
    pool.change(settings -> settings.withResponseStartTimeout(timeout));
  }

  private static Duration timeout(String name, long millis) {
    return Duration.ofMillis(inRange(name, millis, LONGEST_TIMEOUT));
  }

  private static long inRange(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + most + ")");
    }
    return value;
  }

  @Override
  public Map<String, Integer> getSockets() {
    Map<String, Integer> states = new TreeMap<>();
    pool.sockets().forEach(socket -> states.merge(socket.state(), 1, Integer::sum));
    return states;
  }

  @Override
  public Map<String, Map<String, Integer>> getSocketsByAccount() {
    Map<String, Map<String, Integer>> accounts = new TreeMap<>();
    for (SocketView socket : pool.sockets()) {
      accounts
          .computeIfAbsent(socket.account(), account -> new TreeMap<>())
          .merge(socket.state(), 1, Integer::sum);
    }
    return accounts;
  }

  @Override
  public List<SocketInfo> list() {
    return pool.sockets().stream().map(PoolBean::info).toList();
  }

  /** What operators get to see of a socket. */
  static SocketInfo info(SocketView socket) {
    return new SocketInfo(
        socket.id(),
        socket.account(),
        socket.endpoint(),
        socket.conversation(),
        socket.state(),
        socket.ageSeconds(),
        socket.turns());
  }

  @Override
  public int evict(String account) {
    return pool.evict(account);
  }

  @Override
  public int evictAll() {
    return pool.evictAll();
  }
}
