package dev.culvert.provider;

import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.util.Optional;

/** Whose credential an upstream got to see, and so whom its refusal is about. */
public enum Credential {
  /** An account of ours. */
  ACCOUNT(Kind.CREDENTIAL, Kind.ACCOUNT_LIMITED),
  /** One of ours that all callers of the route share. */
  SHARED(Kind.CREDENTIAL, Kind.RATE_LIMITED),
  /** The caller's own, or something of his that may be one. */
  CALLER(Kind.CLIENT_ERROR, Kind.CALLER_LIMITED),
  /** None. */
  NONE(Kind.CLIENT_ERROR, Kind.RATE_LIMITED);

  private static final int UNAUTHORIZED = 401;
  private static final int PAYMENT_REQUIRED = 402;
  private static final int FORBIDDEN = 403;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  private final Kind refused;
  private final Kind limited;

  /**
   * @param refused class of an answer that refuses it
   * @param limited class of an answer that finds it used too often
   */
  Credential(Kind refused, Kind limited) {
    this.refused = refused;
    this.limited = limited;
  }

  /** Whether a status says that the credential is the reason, not the request. */
  public static boolean isReasonOf(int status) {
    return switch (status) {
      case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN, TOO_MANY_REQUESTS -> true;
      default -> false;
    };
  }

  /** Whether a status says so whatever the client asked for. */
  public static boolean isReasonInAnyCaseOf(int status) {
    return status == UNAUTHORIZED || status == TOO_MANY_REQUESTS;
  }

  /**
   * The class of an answer to a request that showed it.
   *
   * @param status 400 to 599
   * @param retryAfter what the answer says about a later try, zero and up
   */
  public Failure failure(int status, Optional<Duration> retryAfter) {
    return new Failure(kind(status), status, retryAfter);
  }

  /**
   * The same where clients ask for whatever they like, in all modes but turns: 402 and 403 may then
   * be about that, and one client must not take a provider from all others by asking for what is
   * forbidden. 401 is about the credential (RFC 9110 section 15.5.2), and of an account about no
   * more than that.
   */
  public Failure failureOfFreeRequest(int status, Optional<Duration> retryAfter) {
    Kind kind = kind(status);
    boolean asAnywhere = kind != Kind.CREDENTIAL || (status == UNAUTHORIZED && this == SHARED);
    return new Failure(asAnywhere ? kind : Kind.REFUSED, status, retryAfter);
  }

  private Kind kind(int status) {
    return switch (status) {
      case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN -> refused;
      case CONTENT_TOO_LARGE -> Kind.POLICY;
      case TOO_MANY_REQUESTS -> limited;
      default -> status >= FIRST_SERVER_ERROR ? Kind.SERVER_ERROR : Kind.CLIENT_ERROR;
    };
  }
}
