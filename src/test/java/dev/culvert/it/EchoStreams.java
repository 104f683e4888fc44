package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Many streams, half of them WebSocket and half opaque, used as one. Belongs to one thread. */
final class EchoStreams {

  /** The {@code Upgrade} token of the opaque ones. */
  static final String OPAQUE = "stress-stream";

  private static final int LONGEST_FILLER = 1000;

  private final List<EchoStream> webSockets = new ArrayList<>();
  private final List<EchoStream> opaque = new ArrayList<>();

  private EchoStreams() {}

  /**
   * Opens streams.
   *
   * @param count of each kind
   */
  static EchoStreams open(Client client, String path, int count) throws IOException {
    EchoStreams streams = new EchoStreams();
    for (int i = 0; i < count; i++) {
      streams.webSockets.add(EchoStream.open(client, path));
      streams.opaque.add(EchoStream.open(client, path, OPAQUE));
    }
    return streams;
  }

  private List<EchoStream> all() {
    List<EchoStream> all = new ArrayList<>(webSockets);
    all.addAll(opaque);
    return all;
  }

  /** Fails unless each of them carries a message of its own there and back. */
  void assertAllEcho(String text) {
    List<EchoStream> all = all();
    for (int i = 0; i < all.size(); i++) {
      all.get(i).send(message(text, i));
    }
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).receive(message(text, i))).isEqualTo(message(text, i));
    }
  }

  private static String message(String text, int index) {
    return text + " stream " + index + ".".repeat(index % LONGEST_FILLER);
  }

  /** Fails unless each of them ends now, the WebSocket ones with a close frame of code 1001. */
  void assertAllClosed() {
    assertThat(webSockets.stream().mapToInt(EchoStream::awaitEnd)).containsOnly(1001);
    assertThat(opaque.stream().mapToInt(EchoStream::awaitEnd))
        .containsOnly(EchoStream.NO_CLOSE_FRAME);
  }

  /** Ends them from the client's side. */
  void finishAll() {
    all().forEach(EchoStream::finish);
  }

  long bytesSent() {
    return all().stream().mapToLong(EchoStream::bytesSent).sum();
  }

  long bytesReceived() {
    return all().stream().mapToLong(EchoStream::bytesReceived).sum();
  }
}
