package dev.culvert.route;

import dev.culvert.turn.TurnBooks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts turns with the host, and has it evict accounts. */
record HostBooks(Gateway gateway) implements TurnBooks {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  @Override
  public void count(String name, Map<String, String> tags) {
    gateway.count(name, tags);
  }

  @Override
  public void observe(String name, Map<String, String> tags, double value, List<Double> bounds) {
    gateway.observe(name, tags, value, bounds);
  }

  /** A caller's own credential has no other one to go to, and is nobody's business but his. */
  @Override
  public void refused(String account, int status, Optional<Duration> retryAfter) {
    boolean ours = gateway.configuration().settings().accounts().containsKey(account);
    if (ours) {
      gateway.turns().accounts().rest(account, retryAfter);
    }
    int evicted = gateway.evict(account);
    LOG.log(
        ours ? Level.WARNING : Level.DEBUG,
        "CULVERT-T004 the upstream refuses an account: account={0} status={1} evicted={2}",
        account,
        Integer.toString(status),
        Integer.toString(evicted));
  }
}
