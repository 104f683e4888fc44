package dev.culvert.host.pool;

import java.util.List;
import java.util.Map;

/** What came of asking for a slot. */
public sealed interface Acquisition {

  /** A slot, to be released or discarded by whoever gets it. */
  record Granted(Lease lease) implements Acquisition {}

  /** The upstream answered the upgrade with this status. */
  record Rejected(int status, Map<String, List<String>> headers) implements Acquisition {}

  /** No socket could be opened. */
  record Failed(String detail) implements Acquisition {}

  /** The response that the turn continues has no socket that can take it. */
  record Denied(Decision.Refused decision) implements Acquisition {}
}
