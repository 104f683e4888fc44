package dev.culvert.provider;

import java.time.Duration;

/** What follows from a failed attempt, provided that the client has got nothing yet. */
public sealed interface Verdict {

  /**
   * {@link Attempts#next} gives a provider again that has failed, as far as it can still be had.
   *
   * @param delay to be waited for before that, zero and up
   */
  record Retry(Duration delay) implements Verdict {}

  /** {@link Attempts#next} gives another provider, at once. */
  record Switch() implements Verdict {}

  /**
   * The client gets the answer as it is, or the gateway's own where there is none, as far as there
   * is a client yet.
   */
  record Return() implements Verdict {}

  /** The client gets 503: the gateway cannot do it, whatever the provider. */
  record Unavailable() implements Verdict {}
}
