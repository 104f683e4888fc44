package dev.culvert.route;

import dev.culvert.turn.TurnBooks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

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

  /** Callers' own credentials are not ours to give up: others use the same upstream. */
  @Override
  public void refused(String account, int status) {
    if (!gateway.configuration().settings().accounts().containsKey(account)) {
      return;
    }
    gateway.turns().accounts().rest(account);
    int evicted = gateway.evict(account);
    LOG.log(
        Level.WARNING,
        "CULVERT-T004 the upstream refuses an account: account={0} status={1} evicted={2}",
        account,
        Integer.toString(status),
        Integer.toString(evicted));
  }
}
