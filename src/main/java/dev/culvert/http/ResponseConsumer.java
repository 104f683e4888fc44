package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/** An answer as the library brings it, on a thread of its own. */
final class ResponseConsumer implements AsyncResponseConsumer<Void> {

  /** What the call has to know; as {@link Answer}. */
  interface Events {
    void head(Answer.Head head);

    void data(ByteBuffer bytes);

    void end(Headers trailers);

    void failed(Exception cause);

    /** Whether nobody takes any more of it. */
    boolean isOver();
  }

  private final String method;
  private final CallProgress progress;
  private final ReadWindow window;
  private final Events events;

  // Set with the head.
  private FutureCallback<Void> result;
  private AnswerLength length;
  private Optional<AnswerBounds> bounds;

  /**
   * @param method of the request
   */
  ResponseConsumer(String method, CallProgress progress, ReadWindow window, Events events) {
    this.method = method;
    this.progress = progress;
    this.window = window;
    this.events = events;
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      EntityDetails entity,
      HttpContext context,
      FutureCallback<Void> callback)
      throws ProtocolException {
    result = callback;
    progress.headReceived();
    bounds = AnswerBounds.of(context).filter(found -> isHttp1(response));
    bounds.ifPresent(AnswerBounds::head);
    if (bounds.filter(AnswerBounds::isHeadCut).isPresent()) {
      throw new ProtocolException("the connection ended within the head");
    }
    if (response.getCode() >= 300 && !progress.isRequestEnded()) {
      bounds.ifPresent(AnswerBounds::mute);
    }
    length = AnswerLength.of(method, response, entity);
    boolean hasBody = entity != null && !length.isBodiless();
    events.head(
        new Answer.Head(
            response.getCode(), headers(response.headerIterator()), length.said(), hasBody));
    if (entity == null) {
      bounds.ifPresent(AnswerBounds::over);
      events.end(Headers.NONE);
      result.completed(null);
    }
  }

  private static boolean isHttp1(HttpResponse response) {
    ProtocolVersion version = response.getVersion();
    return version != null && version.lessEquals(HttpVersion.HTTP_1_1);
  }

  private static Headers headers(Iterator<? extends Header> fields) {
    List<String> pairs = new ArrayList<>();
    while (fields.hasNext()) {
      Header field = fields.next();
      pairs.add(field.getName());
      pairs.add(field.getValue() == null ? "" : field.getValue());
    }
    return Headers.ofPairs(pairs);
  }

  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {
    progress.informed();
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    window.open(channel);
  }

  @Override
  public void consume(ByteBuffer bytes) throws IOException {
    if (events.isOver()) {
      throw new ConnectionClosedException("nobody takes it any more"); // ends the exchange
    }
    progress.moved();
    if (length.isExceededBy(bytes.remaining())) {
      events.failed(length.mismatch());
      return;
    }
    window.received(bytes.remaining());
    events.data(bytes);
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) throws ProtocolException {
    length.end();
    bounds.ifPresent(AnswerBounds::over);
    events.end(trailers == null ? Headers.NONE : headers(trailers.iterator()));
    result.completed(null);
  }

  @Override
  public void failed(Exception cause) {
    events.failed(cause);
  }

  @Override
  public void releaseResources() {}
}
