package dev.culvert.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;

/** A body that a test server or client takes, with its trailer fields. Its threads. */
public final class ReceivedEntity implements AsyncEntityConsumer<ReceivedEntity.Content> {

  /** All of it. */
  public record Content(ByteBuffer bytes, List<Header> trailers) {}

  private final int room;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private FutureCallback<Content> whole;

  /** Set with the end. */
  private Content content;

  /** All is taken. */
  public ReceivedEntity() {
    this(Integer.MAX_VALUE);
  }

  private ReceivedEntity(int room) {
    this.room = room;
  }

  /** One of which nothing is taken beyond the window with which it begins. */
  public static ReceivedEntity withoutRoom() {
    return new ReceivedEntity(0);
  }

  @Override
  public void streamStart(EntityDetails entity, FutureCallback<Content> callback) {
    whole = callback;
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    if (room > 0) {
      channel.update(room);
    }
  }

  @Override
  public void consume(ByteBuffer piece) {
    byte[] copy = new byte[piece.remaining()];
    piece.get(copy);
    bytes.writeBytes(copy);
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {
    content =
        new Content(
            ByteBuffer.wrap(bytes.toByteArray()),
            trailers == null ? List.of() : List.copyOf(trailers));
    whole.completed(content);
  }

  @Override
  public Content getContent() {
    return content;
  }

  @Override
  public void failed(Exception cause) {
    whole.failed(cause);
  }

  @Override
  public void releaseResources() {}
}
