package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GetLoopTest {

  private static final int BODY = 100;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
  private Selector selector;
  private ServerSocketChannel listener;
  private SocketChannel server;
  private GetLoop loop;

  @BeforeEach
  void connect() throws IOException {
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    loop = new GetLoop(listener.socket().getLocalPort(), selector, HttpOrigin.body(BODY));
    server = listener.accept();
  }

  @AfterEach
  void disconnect() throws IOException {
    loop.close();
    server.close();
    listener.close();
    selector.close();
  }

  @Test
  void isDueWhenTheBodyIsWhole() throws IOException {
    loop.send(1);
    ByteBuffer body = HttpOrigin.body(BODY);

    assertThat(deliver(head(BODY, ""))).isFalse();
    assertThat(deliver(body.slice(0, 60))).isFalse();
    assertThat(deliver(body.slice(60, 40))).isTrue();
    assertThat(loop.sentAt()).isEqualTo(1);
  }

  @Test
  void goesOnWithAnotherConnectionWhenTheServerEndsThisOne() throws IOException {
    loop.send(1);
    assertThat(deliver(head(BODY, "Connection: close\r\n"))).isFalse();
    assertThat(deliver(HttpOrigin.body(BODY))).isTrue();

    loop.send(2);
    server.close();
    server = listener.accept();

    assertThat(deliver(head(BODY, ""))).isFalse();
    assertThat(deliver(HttpOrigin.body(BODY))).isTrue();
  }

  @Test
  void refusesABodyOfAnotherLength() throws IOException {
    loop.send(1);

    assertThatThrownBy(() -> deliver(head(0, "")))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("answer to request 1: 0 bytes (expected: 100)");
  }

  @Test
  void comparesEachByteOfASample() throws IOException {
    ByteBuffer wrong = HttpOrigin.body(BODY);
    wrong.put(70, (byte) ~wrong.get(70));
    for (int i = 1; i < 64; i++) {
      loop.send(i);
      deliver(head(BODY, ""));
      assertThat(deliver(wrong.duplicate())).isTrue();
    }
    loop.send(64);
    deliver(head(BODY, ""));

    assertThatThrownBy(() -> deliver(wrong.duplicate()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("answer to request 64: wrong byte at 70");
  }

  private static ByteBuffer head(int length, String field) {
    String text = "HTTP/1.1 200 OK\r\n" + field + "Content-Length: " + length + "\r\n\r\n";
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private boolean deliver(ByteBuffer bytes) throws IOException {
    server.write(bytes);
    selector.select(10_000);
    selector.selectedKeys().clear();
    return loop.ready(buffer);
  }
}
