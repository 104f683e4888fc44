package dev.culvert.host;

import dev.culvert.boundary.SocketInfo;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.host.pool.SocketView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;

final class PoolBean implements PoolMXBean {

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
  public synchronized void setEnabled(boolean enabled) {
    PoolSettings now = pool.settings();
    set(enabled, now.maxAge(), now.maxPerAccount());
  }

  @Override
  public int getMaxPerAccount() {
    return pool.settings().maxPerAccount();
  }

  @Override
  public synchronized void setMaxPerAccount(int sockets) {
    PoolSettings now = pool.settings();
    set(now.enabled(), now.maxAge(), (int) atLeastOne("MaxPerAccount", sockets));
  }

  @Override
  public long getMaxAgeSeconds() {
    return pool.settings().maxAge().toSeconds();
  }

  @Override
  public synchronized void setMaxAgeSeconds(long seconds) {
    PoolSettings now = pool.settings();
    Duration age = Duration.ofSeconds(atLeastOne("MaxAgeSeconds", seconds));
    set(now.enabled(), age, now.maxPerAccount());
  }

  private void set(boolean enabled, Duration maxAge, int maxPerAccount) {
    PoolSettings now = pool.settings();
    pool.settings(
        new PoolSettings(enabled, maxAge, maxPerAccount, now.pingInterval(), now.openTimeout()));
  }

  private static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
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
  public List<SocketInfo> list() {
    return pool.sockets().stream().map(PoolBean::info).toList();
  }

  private static SocketInfo info(SocketView socket) {
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
