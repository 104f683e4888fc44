package dev.culvert.turn;

import java.util.List;
import java.util.Map;

/** How a turn ended. */
public sealed interface TurnEnd {

  /** Code of an upgrade that the upstream refused. */
  String UPSTREAM_REFUSED = "upstream_refused";

  /** Code when no socket could be opened. */
  String UNREACHABLE = "upstream_unreachable";

  /** Code when the socket ended before the request was written. */
  String CLOSED_BEFORE = "upstream_closed";

  /** Code when the socket ended after the request. */
  String DISCONNECTED = "stream_disconnected";

  /** Code when the upstream did not answer in time. */
  String NO_START = "response_start_timeout";

  /** Code of a request that upstreams do not take. */
  String TOO_LARGE = "request_too_large";

  /** Code of a request for which there is no room beside others that are arriving. */
  String OVERLOADED = "overloaded";

  /** Code of a request that must not be sent on. */
  String BAD_REQUEST = "bad_request";

  /** Code when there is nobody to be asked. */
  String NO_UPSTREAM = "no_upstream";

  /** Code when the deployment ends. */
  String SHUTTING_DOWN = "shutting_down";

  /** Code when the response that is to be continued cannot be. */
  String NOT_FOUND = "previous_response_not_found";

  /** Code when it is being continued already. */
  String IN_PROGRESS = "response_in_progress";

  /** Its terminal event has been passed on. */
  record Completed(String type) implements TurnEnd {}

  /**
   * It came to nothing before anything was passed on, so that there is a status to be told.
   *
   * @param code of the error; the upstream's own where it had one
   * @param detail for logs and, where it is the client's fault, the client
   * @param headers of the upstream's answer to the upgrade, names in lower case
   * @param event the upstream's event that told the error; empty when none did
   */
  record Refused(
      int status, String code, String detail, Map<String, List<String>> headers, String event)
      implements TurnEnd {

    /** Whether the upstream said so, by an event or as its answer to the upgrade. */
    boolean byUpstream() {
      return !event.isEmpty() || code.equals(UPSTREAM_REFUSED);
    }

    /** One without an event or headers of the upstream. */
    public static Refused of(int status, String code, String detail) {
      return new Refused(status, code, detail, Map.of(), "");
    }
  }

  /** It broke off after events had been passed on. */
  record Broken(String detail) implements TurnEnd {}

  /** The client went away. */
  record Aborted() implements TurnEnd {}
}
