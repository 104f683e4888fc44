package dev.culvert.host.pool;

import java.util.List;
import java.util.Map;

/** What came of asking for a slot. */
public sealed interface Acquisition {

  /** What was decided; the same that the {@link PoolObserver} was told. */
  Decision decision();

  /** A slot, to be released or discarded by whoever gets it. */
  record Granted(Lease lease) implements Acquisition {
    @Override
    public Decision decision() {
      return lease.decision();
    }
  }

  /** The upstream answered the upgrade with an ordinary response. */
  record Rejected(Decision.Rejected decision, Map<String, List<String>> headers)
      implements Acquisition {}

  /** No socket could be opened, not even for this turn only. */
  record Failed(Decision decision, String detail) implements Acquisition {}

  /** Nobody was dialled, since too many are. */
  record Backlogged(Decision decision, String detail) implements Acquisition {}

  /** The response that the turn continues has no socket that can take it; nothing was sent. */
  record Denied(Decision.Refused decision) implements Acquisition {}
}
