package dev.culvert.it;

import java.net.http.HttpResponse.ResponseInfo;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * The answer to a turn, line by line: whether all of it belongs to its conversation, in order, and
 * how it ends. Called by one thread at a time.
 */
final class CheckedAnswer implements Flow.Subscriber<String> {

  /** What the outcome of an answer begins with that no turn may have. */
  static final String WRONG = "wrong: ";

  private static final Set<Integer> REFUSALS = Set.of(401, 429, 502, 503);

  /** Of the gateway's own events. One may be a refusal after a heartbeat, no longer a status. */
  private static final String OWN_EVENT = "\"type\":\"gateway_error\"";

  private final String id;
  private final String conversation;
  private final int patience;
  private final CompletableFuture<String> outcome = new CompletableFuture<>();

  private Flow.Subscription subscription;
  private int status;
  private boolean stream;
  private int events;
  private String last = "";

  /**
   * @param id of the request, for the server's log
   * @param patience events that the client takes before it goes away
   */
  CheckedAnswer(String id, String conversation, int patience) {
    this.id = id;
    this.conversation = conversation;
    this.patience = patience;
  }

  /** How the turn ended for its client, as soon as that is known. */
  CompletableFuture<String> outcome() {
    return outcome;
  }

  void head(ResponseInfo head) {
    status = head.statusCode();
    stream = head.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
  }

  @Override
  public void onSubscribe(Flow.Subscription itself) {
    subscription = itself;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(String line) {
    if (!stream) {
      last += line;
    } else if (line.startsWith("data: ")) {
      last = line;
      check();
      events++;
      if (events == patience) {
        outcome.complete("gone");
        subscription.cancel();
      }
    }
  }

  private void check() {
    boolean own =
        last.contains("\"conversation\":\"" + conversation + "\"")
            && last.contains("\"sequence_number\":" + events + ",");
    if (!own && !last.contains(OWN_EVENT)) {
      outcome.complete(wrong("event " + events + " of " + conversation + ": " + last));
    }
  }

  @Override
  public void onError(Throwable cause) {
    outcome.complete(wrong(cause.toString()));
  }

  private String wrong(String what) {
    return WRONG + id + " " + what;
  }

  @Override
  public void onComplete() {
    outcome.complete(ended());
  }

  private String ended() {
    boolean mine = last.contains("\"prompt_cache_key\":\"" + conversation + "\"");
    if (status == 200 && mine && last.contains("\"status\":\"completed\"")) {
      return "completed";
    } else if (REFUSALS.contains(status) || (stream && last.contains(OWN_EVENT))) {
      return stream ? "broken" : "status " + status;
    }
    return wrong(status + " " + last);
  }
}
