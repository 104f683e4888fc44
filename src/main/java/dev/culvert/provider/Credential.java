package dev.culvert.provider;

import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.util.Optional;

/** Whose credential an upstream got to see, and so whom its refusal is about. */
public enum Credential {
  /** An account of ours. */
  ACCOUNT,
  /** The caller's own. */
  CALLER,
  /** None, or one that all callers of the route share. */
  NONE;

  private static final int UNAUTHORIZED = 401;
  private static final int PAYMENT_REQUIRED = 402;
  private static final int FORBIDDEN = 403;
  private static final int TOO_MANY_REQUESTS = 429;

  /**
   * The class of an answer to a request that showed it.
   *
   * @param status 400 to 599
   */
  public Failure failure(int status, Optional<Duration> retryAfter) {
    Kind kind =
        switch (status) {
          case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN ->
              this == ACCOUNT ? Kind.CREDENTIAL : Kind.CLIENT_ERROR;
          case TOO_MANY_REQUESTS -> this == CALLER ? Kind.CALLER_LIMITED : Kind.RATE_LIMITED;
          default -> Failure.ofStatus(status, retryAfter).kind();
        };
    return new Failure(kind, status, retryAfter);
  }
}
