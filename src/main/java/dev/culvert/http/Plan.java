package dev.culvert.http;

import dev.culvert.config.Upstream;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Credential;
import java.time.Duration;
import java.util.Optional;

/** Says what an upstream is asked on behalf of a client. Any thread. */
public interface Plan {

  /** What came of it. */
  sealed interface Result {}

  /**
   * A request.
   *
   * @param account whose credential it shows; empty when it is none of ours
   * @param credential whose it is
   */
  record Send(
      Destination destination,
      ProxiedRequest.Ready request,
      UpstreamCall.Limits limits,
      String account,
      Credential credential)
      implements Result {}

  /** It must not be asked. */
  record Refused(Refusal refusal) implements Result {}

  /** Makes the request for one address of an upstream. */
  Result plan(Upstream upstream, Upstream.Address address);

  /** The client gets the answer of this one, whoever else was asked. */
  void answers(Upstream upstream);

  /**
   * An upstream refuses the credential of an account of ours, or has had enough of it.
   *
   * @param account not empty
   * @param retryAfter what the upstream says about a later try
   */
  void refused(String account, int status, Optional<Duration> retryAfter);
}
