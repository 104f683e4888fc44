package dev.culvert.provider;

import java.time.Duration;
import java.util.Optional;

/**
 * Why an attempt failed.
 *
 * @param kind class of the failure
 * @param status of the upstream's answer; 0 without one
 * @param retryAfter what the answer says about a later try, zero and up; empty when nothing
 */
public record Failure(Kind kind, int status, Optional<Duration> retryAfter) {

  /** Classes of failures; each has its rules. */
  public enum Kind {
    /** No connection, TLS included. */
    CONNECT("connect", true),
    /** The connection ended, or its time, before there was an answer. */
    RESET("reset", true),
    /** A status from 500, or an answer without anything in it. */
    SERVER_ERROR("server-error", true),
    /** 429, and nothing tells whose limit it is: the provider's. */
    RATE_LIMITED("rate-limited", true),
    /** 429 to an account: a limit of that one, and of none besides. */
    ACCOUNT_LIMITED("account-limited", false),
    /** 429 to the caller's own credential: a limit of his, and of nobody else. */
    CALLER_LIMITED("caller-limited", false),
    /** 401, 402 or 403 to a credential of ours. */
    CREDENTIAL("credential", true),
    /**
     * The same where it may be about what the client asked for, or is about no more than an
     * account.
     */
    REFUSED("refused", false),
    /** Any other status from 400: what the client asked for is wrong wherever it is asked. */
    CLIENT_ERROR("client-error", false),
    /**
     * Against a rule of the upstream, or of its protocol, by what the client asks for: 413, close
     * code 1009, a subprotocol that was not offered.
     */
    POLICY("policy", false),
    /** The client left. */
    CLIENT_GONE("client-gone", false),
    /** The gateway could not make the attempt. */
    LOCAL("local", false);

    private final String label;
    private final boolean counts;

    Kind(String label, boolean counts) {
      this.label = label;
      this.counts = counts;
    }

    /** The value of the metric's tag. */
    public String label() {
      return label;
    }

    /** Whether the provider is to blame, so that its circuit counts it. */
    public boolean counts() {
      return counts;
    }
  }

  /** A failure without an answer. */
  public static Failure of(Kind kind) {
    return new Failure(kind, 0, Optional.empty());
  }
}
