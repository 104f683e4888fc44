package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.util.Timeout;

/**
 * One request to one upstream, and its answer. The library calls from a thread of its own, once the
 * call has begun; other threads may cancel it and say what has been taken.
 */
public final class UpstreamCall {

  private final Transport transport;
  private final Destination destination;
  private final ProxiedRequest.Ready request;
  private final Optional<RequestContent> content;
  private final Limits limits;
  private final Answer answer;

  /** Whether it goes over a connection that nobody has used. */
  private final boolean fresh;

  private final CallProgress progress;
  private final Connecting connecting;
  private final RequestProducer producer;
  private final ReadWindow window = new ReadWindow();
  private final Cancellation cancellation = new Cancellation();

  /** Whether nothing is told any more. */
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * Limits of a call.
   *
   * @param timeouts of its connection
   * @param response from the last of the request to the head; zero = none
   * @param idle without a byte either way before and after that; zero = none
   */
  public record Limits(Timeouts timeouts, Duration response, Duration idle) {}

  /**
   * Prepares a call.
   *
   * @param content the body; empty when there is none
   * @param answer told what comes, until the call has ended or was cancelled
   */
  public UpstreamCall(
      Transport transport,
      Destination destination,
      ProxiedRequest.Ready request,
      Optional<RequestContent> content,
      Limits limits,
      Answer answer) {
    this(transport, destination, request, content, limits, answer, false);
  }

  private UpstreamCall(
      Transport transport,
      Destination destination,
      ProxiedRequest.Ready request,
      Optional<RequestContent> content,
      Limits limits,
      Answer answer,
      boolean fresh) {
    this.transport = transport;
    this.destination = destination;
    this.request = request;
    this.content = content;
    this.limits = limits;
    this.answer = answer;
    this.fresh = fresh;
    this.progress =
        new CallProgress(
            limits, content.isPresent(), transport.timer(), System::nanoTime, this::late);
    this.connecting = new Connecting(limits.timeouts().connect(), transport.timer(), this::failed);
    this.producer = new RequestProducer(destination, request, content, progress, this::failed);
  }

  /** The same call once more, over a connection that nobody has used. */
  UpstreamCall again() {
    return new UpstreamCall(transport, destination, request, content, limits, answer, true);
  }

  /** Begins, here or, when the name of the host must be looked up, on another thread. */
  public void start() {
    if (transport.knowsName(destination)) {
      begin();
    } else {
      CompletionStage<Void> unused =
          transport
              .findName(destination, limits.timeouts().connect())
              .whenComplete((found, fault) -> begin(Optional.ofNullable(fault)));
    }
  }

  private void begin(Optional<Throwable> fault) {
    fault.ifPresentOrElse(this::failed, this::begin);
  }

  private void begin() {
    if (over.get()) {
      return; // cancelled while the name was looked up
    }
    try {
      Transport.Carrier carrier = transport.carrier(destination);
      HttpClientContext context = carrier.context();
      context.setRequestConfig(config());
      limits.timeouts().into(context);
      connecting.into(context);
      Connected.tell(context, new Told());
      if (fresh) {
        LimitedConnections.askForFresh(context);
      }
      if (!carrier.tells()) {
        progress.untold();
      }
      HttpHost target =
          new HttpHost(destination.scheme(), destination.host(), destination.address().port());
      ResponseConsumer consumer =
          new ResponseConsumer(request.method(), progress, window, new Received());
      cancellation.begun(
          carrier.client().execute(target, producer, consumer, null, context, new Outcome()));
    } catch (Throwable e) { // an Error, too, must not leave anybody waiting
      failed(e);
    }
  }

  private RequestConfig config() {
    return RequestConfig.custom()
        .setAuthenticationEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .setConnectionRequestTimeout(Timeout.of(limits.timeouts().connect()))
        .build();
  }

  /** Breaks the exchange off; nothing is told any more. */
  public void cancel() {
    over.set(true);
    stop();
  }

  private void stop() {
    progress.stop();
    producer.close();
    cancellation.cancel();
    connecting.stop();
    try {
      window.giveUp(); // for a supplied client, which may have lost what cancels it: see Connected
    } catch (IOException e) {
      System.getLogger("dev.culvert.http")
          .log(System.Logger.Level.DEBUG, "the connection had gone: {0}", e.getMessage());
    }
  }

  /** The client gets the answer: until then nobody can have taken anything of it. */
  void offered() {
    window.offered();
  }

  /** So many bytes of the answer have gone to the client. */
  public void taken(int bytes) {
    progress.moved();
    try {
      window.taken(bytes);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void late(String detail) {
    boolean ofClient = producer.awaitsClient() || window.awaitsClient();
    Fault.Kind kind = ofClient ? Fault.Kind.CLIENT_TIMEOUT : Fault.Kind.TIMEOUT;
    fail(() -> new Fault(kind, progress.isSent(), detail));
  }

  private void failed(Throwable cause) {
    boolean stale = progress.mayBeStale();
    fail(
        () ->
            progress.isComposing()
                ? Faults.ofRequest(cause, stale)
                : Faults.of(cause, progress.isSent(), stale));
  }

  /** Judges when the request can go out no more, so that it has not just done so. */
  private void fail(Supplier<Fault> fault) {
    if (over.compareAndSet(false, true)) {
      stop();
      answer.failed(fault.get());
    }
  }

  private void end(Headers trailers) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    progress.stop();
    producer.close();
    answer.end(trailers);
    if (!progress.isRequestEnded()) {
      stop(); // the upstream wants no more of the request; the connection is of no use
    }
  }

  /** A request that cannot even begin fails its future alone, and neither side of the exchange. */
  private final class Outcome implements FutureCallback<Void> {

    @Override
    public void completed(Void result) {} // the end of the answer has been told

    @Override
    public void failed(Exception cause) {
      fail(() -> Faults.ofRequest(cause, progress.mayBeStale()));
    }

    @Override
    public void cancelled() {
      UpstreamCall.this.failed(new CancellationException("by the library"));
    }
  }

  /** How far the library has come with the request. */
  private final class Told implements Connected.Call {

    @Override
    public void connected(Cancellable execution) {
      progress.connected();
      cancellation.connected(execution);
    }

    @Override
    public void kept() {
      progress.kept();
    }

    @Override
    public void composed() throws IOException {
      progress.composed();
      if (!connecting.done()) {
        throw new RequestNotExecutedException();
      }
    }

    @Override
    public boolean isRequestEnded() {
      return progress.isRequestEnded();
    }
  }

  /** What the library brings, as long as somebody is to be told. */
  private final class Received implements ResponseConsumer.Events {

    @Override
    public void head(Answer.Head head) {
      if (!over.get()) {
        answer.head(head);
      }
    }

    @Override
    public void data(ByteBuffer bytes) {
      answer.data(bytes);
    }

    @Override
    public void end(Headers trailers) {
      UpstreamCall.this.end(trailers);
    }

    @Override
    public void failed(Exception cause) {
      UpstreamCall.this.failed(cause);
    }

    @Override
    public boolean isOver() {
      return over.get();
    }
  }
}
