package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIAuthority;

/**
 * A request as the library takes it, with its body as it comes from the client. The library calls
 * from a thread of its own; {@link #close} may come from any.
 */
final class RequestProducer implements AsyncRequestProducer {

  private final Destination destination;
  private final ProxiedRequest.Ready request;
  private final Optional<RequestContent> content;
  private final CallProgress progress;
  private final Consumer<Exception> failed;

  /** Set when the upstream takes the body. */
  private volatile RequestContent.Cursor cursor;

  private volatile boolean closed;

  /**
   * @param destination where the request goes
   * @param progress told what goes out
   * @param failed told why nothing more can
   */
  RequestProducer(
      Destination destination,
      ProxiedRequest.Ready request,
      Optional<RequestContent> content,
      CallProgress progress,
      Consumer<Exception> failed) {
    this.destination = destination;
    this.request = request;
    this.content = content;
    this.progress = progress;
    this.failed = failed;
  }

  @Override
  public void sendRequest(RequestChannel channel, HttpContext context)
      throws HttpException, IOException {
    BasicHttpRequest head =
        new BasicHttpRequest(request.method(), destination.scheme(), authority(), request.target());
    if (!destination.address().secure()) {
      head.addHeader("Host", request.host());
    }
    request.headers().fields().forEach(field -> head.addHeader(field.name(), field.value()));
    channel.sendRequest(head, content.map(Entity::new).orElse(null), context);
  }

  /**
   * A proxy goes by it, unless there is a tunnel; so it must not be the client's then. Within TLS
   * it is what HTTP/2 has in the place of {@code Host}.
   */
  private URIAuthority authority() throws ProtocolException {
    return destination.address().secure()
        ? Authorities.parse(request.host())
        : Authorities.of(destination.address());
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void failed(Exception cause) {
    failed.accept(cause);
  }

  @Override
  public int available() {
    RequestContent.Cursor body = cursor;
    if (body == null) {
      return 1;
    }
    int available = body.available();
    return available == 0 && body.end().isPresent() && !progress.isRequestEnded() ? 1 : available;
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    RequestContent.Cursor body = open(channel);
    for (ByteBuffer bytes = body.peek(); bytes.hasRemaining(); bytes = body.peek()) {
      int before = bytes.remaining();
      channel.write(bytes);
      int written = before - bytes.remaining();
      if (written == 0) {
        return;
      }
      progress.moved();
      body.taken(written);
    }
    Optional<Headers> end = progress.isRequestEnded() ? Optional.empty() : body.end();
    if (end.isPresent()) {
      content.orElseThrow().requireWhole();
      progress.requestEnded();
      channel.endStream(fields(end.get()));
    }
  }

  private RequestContent.Cursor open(DataStreamChannel channel) {
    if (cursor == null) {
      cursor = content.orElseThrow().open(channel::requestOutput);
      if (closed) {
        cursor.close(); // cancelled meanwhile
      }
    }
    return cursor;
  }

  private static List<Header> fields(Headers trailers) {
    return trailers.fields().stream()
        .<Header>map(field -> new BasicHeader(field.name(), field.value()))
        .toList();
  }

  /** Whether the upstream has got all that the client has sent, and that is not all. */
  boolean awaitsClient() {
    RequestContent.Cursor body = cursor;
    return body != null && body.available() == 0 && body.end().isEmpty();
  }

  /** Takes no more of the body. Idempotent. */
  void close() {
    closed = true;
    RequestContent.Cursor taking = cursor;
    if (taking != null) {
      taking.close();
    }
  }

  @Override
  public void releaseResources() {
    close();
  }

  /** What the library is to know of the body. */
  private record Entity(RequestContent content) implements EntityDetails {

    @Override
    public long getContentLength() {
      return content.length();
    }

    @Override
    public String getContentType() {
      return null;
    }

    @Override
    public String getContentEncoding() {
      return null;
    }

    @Override
    public boolean isChunked() {
      return content.length() < 0;
    }

    @Override
    public Set<String> getTrailerNames() {
      return Set.of();
    }
  }
}
