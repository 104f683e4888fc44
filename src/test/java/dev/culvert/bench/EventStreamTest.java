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

class EventStreamTest {

  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
  private HttpOrigin origin;
  private Pacer pacer;
  private Selector selector;
  private SocketChannel server;
  private EventStream stream;

  @BeforeEach
  void connect() throws IOException {
    origin = HttpOrigin.start();
    pacer = Pacer.to(origin.port());
    selector = Selector.open();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      stream = new EventStream(7, listener.socket().getLocalPort(), selector, pacer);
      server = listener.accept();
    }
    stream.send(1);
  }

  @AfterEach
  void disconnect() throws IOException {
    stream.close();
    server.close();
    selector.close();
    pacer.close();
    origin.close();
  }

  @Test
  void isDueWhenTheEventIsWhole() throws IOException {
    assertThat(deliver(HEAD)).isFalse();
    assertThat(deliver("32\r\n" + event(1).substring(0, 50))).isFalse();
    assertThat(deliver("\r\n32\r\n" + event(1).substring(50))).isTrue();

    stream.send(2);
    assertThat(deliver("\r\n")).isFalse();
    assertThat(deliver("64\r\n" + event(2) + "\r\n")).isTrue();
    assertThat(stream.sentAt()).isEqualTo(2);
  }

  @Test
  void refusesAnotherEvent() {
    assertThatThrownBy(() -> deliver(HEAD + "64\r\n" + event(2)))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("event 1 of stream 7: wrong byte at 19");
  }

  @Test
  void refusesAnEventTooMany() {
    assertThatThrownBy(() -> deliver(HEAD + "c8\r\n" + event(1) + event(2)))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("event 1 of stream 7: more than was called for");
  }

  @Test
  void refusesTheEndOfTheStream() {
    assertThatThrownBy(() -> deliver(HEAD + "0\r\n\r\n"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("event 1 of stream 7: end of the stream");
  }

  private static String event(long number) {
    return StandardCharsets.US_ASCII.decode(new NumberedEvent().numbered(number)).toString();
  }

  private boolean deliver(String text) throws IOException {
    server.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    selector.select(10_000);
    selector.selectedKeys().clear();
    return stream.ready(buffer);
  }
}
