package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConversationTest {

  private static final int PAYLOAD = 100;
  private static final int HEADER = 2;
  private static final int MASKED_HEADER = 6;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
  private Selector selector;
  private SocketChannel client;
  private SocketChannel server;
  private Conversation conversation;

  @BeforeEach
  void connect() throws IOException {
    selector = Selector.open();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client = SocketChannel.open(listener.getLocalAddress());
      server = listener.accept();
    }
    client.configureBlocking(false);
    SelectionKey key = client.register(selector, SelectionKey.OP_READ);
    conversation = new Conversation(3, client, key, ByteBuffer.allocate(PAYLOAD));
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    server.close();
    selector.close();
  }

  @Test
  void isDueOnlyWhenTheEchoIsWhole() throws IOException {
    ByteBuffer echo = nextEcho();

    for (int i = 0; i < echo.capacity() - 1; i++) {
      assertThat(deliver(echo.slice(i, 1))).as("byte %d", i).isFalse();
    }
    assertThat(deliver(echo.slice(echo.capacity() - 1, 1))).isTrue();
  }

  @Test
  void takesTheEchoInFragments() throws IOException {
    ByteBuffer echo = nextEcho();
    ByteBuffer fragments = ByteBuffer.allocate(3 * HEADER + PAYLOAD);
    fragments.put((byte) 2).put((byte) 60).put(echo.slice(HEADER, 60));
    fragments.put((byte) 0).put((byte) 0);
    fragments.put((byte) 0x80).put((byte) 40).put(echo.slice(HEADER + 60, 40));

    assertThat(deliver(fragments.flip())).isTrue();
    assertThat(deliver(nextEcho())).isTrue();
  }

  @Test
  void refusesAMessageInsideAnother() throws IOException {
    ByteBuffer echo = nextEcho();

    assertThatThrownBy(() -> deliver(ByteBuffer.wrap(new byte[] {2, 1, echo.get(HEADER), 2, 1, 0})))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("frame: 02 01 (expected: opcode 0, not masked)");
  }

  @Test
  void refusesAShorterEcho() throws IOException {
    ByteBuffer echo = nextEcho();
    ByteBuffer shorter = echo.slice(0, HEADER + PAYLOAD - 1).put(1, (byte) (PAYLOAD - 1));

    assertThatThrownBy(() -> deliver(shorter))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("echo of message 1 on connection 3: 99 bytes (expected: 100)");
  }

  @Test
  void numbersItsMessages() throws IOException {
    ByteBuffer first = nextEcho();
    assertThat(deliver(first)).isTrue();
    ByteBuffer second = nextEcho();
    assertThat(deliver(second)).isTrue();

    assertThat(second.getLong(HEADER) - first.getLong(HEADER)).isEqualTo(1);
  }

  @Test
  void refusesTheEchoOfAnotherMessage() throws IOException {
    ByteBuffer stale = nextEcho();
    assertThat(deliver(stale)).isTrue();
    nextEcho();

    assertThatThrownBy(() -> deliver(stale.rewind()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("echo of message 2 on connection 3: wrong byte at 7");
  }

  @Test
  void refusesMoreThanTheEcho() throws IOException {
    ByteBuffer echo = nextEcho();
    ByteBuffer longer = ByteBuffer.allocate(echo.remaining() + 1).put(echo);

    assertThatThrownBy(() -> deliver(longer.rewind()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("echo of message 1 on connection 3: 101 bytes (expected: 100)");
  }

  @Test
  void comparesTheWholePayloadNowAndThen() throws IOException {
    for (int message = 1; message < 64; message++) {
      ByteBuffer echo = nextEcho();
      assertThat(deliver(echo.put(HEADER + 50, (byte) 1))).isTrue();
    }
    ByteBuffer sampled = nextEcho().put(HEADER + 50, (byte) 1);

    assertThatThrownBy(() -> deliver(sampled))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("echo of message 64 on connection 3: wrong byte at 50");
  }

  @Test
  void refusesTheEndOfInput() throws IOException {
    nextEcho();
    server.close();

    assertThatThrownBy(this::receive)
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("echo of message 1 on connection 3: end");
  }

  /** Sends a message and returns its echo. */
  private ByteBuffer nextEcho() throws IOException {
    conversation.send(1);
    ByteBuffer question = ByteBuffer.allocate(MASKED_HEADER + PAYLOAD);
    while (question.hasRemaining()) {
      server.read(question);
    }
    ByteBuffer echo = ByteBuffer.allocate(HEADER + PAYLOAD);
    echo.put(question.get(0)).put((byte) (question.get(1) & 0x7F));
    for (int i = 0; i < PAYLOAD; i++) {
      echo.put((byte) (question.get(MASKED_HEADER + i) ^ question.get(2 + i % 4)));
    }
    return echo.flip();
  }

  private boolean deliver(ByteBuffer bytes) throws IOException {
    server.write(bytes);
    return receive();
  }

  private boolean receive() throws IOException {
    boolean[] due = new boolean[1];
    IOException[] failure = new IOException[1];
    selector.select(
        key -> {
          try {
            due[0] = conversation.ready(buffer);
          } catch (IOException e) {
            failure[0] = e;
          }
        },
        10_000);
    if (failure[0] != null) {
      throw failure[0];
    }
    return due[0];
  }
}
