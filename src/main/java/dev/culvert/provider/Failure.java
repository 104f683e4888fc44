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
    /** 429. */
    RATE_LIMITED("rate-limited", true),
    /** 429 to the caller's own credential: a limit of his, and of nobody else. */
    CALLER_LIMITED("caller-limited", false),
    /** 401 or 403 to a credential of ours. */
    CREDENTIAL("credential", true),
    /** Any other status from 400: what the client asked for is wrong wherever it is asked. */
    CLIENT_ERROR("client-error", false),
    /** Too large, or against a rule of the upstream: 413, close code 1009. */
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

  private static final int TOO_MANY_REQUESTS = 429;

  /** A failure without an answer. */
  public static Failure of(Kind kind) {
    return new Failure(kind, 0, Optional.empty());
  }

  /**
   * An answer to a request that carried no credential, or one that all callers of the route share.
   *
   * @param status 400 to 599
   */
  public static Failure ofStatus(int status, Optional<Duration> retryAfter) {
    return new Failure(kind(status), status, retryAfter);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 413 -> Kind.POLICY;
      case TOO_MANY_REQUESTS -> Kind.RATE_LIMITED;
      default -> status >= 500 ? Kind.SERVER_ERROR : Kind.CLIENT_ERROR;
    };
  }
}
