package dev.culvert.provider;

import java.time.Duration;
import java.util.Optional;

/** What came of looking for a provider. */
public sealed interface Choice permits Attempt, Choice.None {

  /**
   * No provider takes the request, or takes it any more. When an attempt of the request has failed,
   * that failure is what the client should be told; otherwise 503.
   *
   * @param reason for the log, one line
   * @param retryAfter when a provider is known to be open again, above zero; empty when that is not
   *     known
   */
  record None(String reason, Optional<Duration> retryAfter) implements Choice {}
}
