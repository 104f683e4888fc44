package dev.culvert.turn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where turns are counted. Safe for use by any thread. */
public interface TurnBooks {

  /** Adds one to a counter. */
  void count(String name, Map<String, String> tags);

  /** Adds a value to a histogram whose buckets have these upper bounds. */
  void observe(String name, Map<String, String> tags, double value, List<Double> bounds);

  /**
   * An upstream has refused an account: with this status it would have refused any turn.
   *
   * @param retryAfter when the account may be tried again, where the upstream has said so
   */
  void refused(String account, int status, Optional<Duration> retryAfter);
}
