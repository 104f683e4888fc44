package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.Test;

/** Reads of a connection to an upstream. */
class PausedReadsTest {

  /** What comes, read by read; afterwards nothing. */
  private final Queue<Integer> coming = new ArrayDeque<>();

  private int mask = SelectionKey.OP_READ;
  private int calls;

  private final IOSession session = PausedReads.decorate(socket());

  private IOSession socket() {
    return (IOSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {IOSession.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getEventMask" -> mask;
                  case "read" -> read((ByteBuffer) arguments[0]);
                  case "updateReadTime" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private int read(ByteBuffer bytes) {
    calls++;
    int count = coming.isEmpty() ? 0 : coming.remove();
    bytes.position(bytes.position() + Math.max(0, count));
    return count;
  }

  private int readUpTo(int room) throws IOException {
    return session.read(ByteBuffer.allocate(room));
  }

  @Test
  void after_a_read_that_had_room_for_more_the_socket_is_not_asked() throws IOException {
    coming.addAll(List.of(5, 7));

    assertThat(readUpTo(8)).isEqualTo(5);
    assertThat(readUpTo(8)).isZero();

    assertThat(calls).isEqualTo(1);
  }

  @Test
  void it_is_when_something_is_ready_again() throws IOException {
    coming.addAll(List.of(5, 7));

    assertThat(readUpTo(8)).isEqualTo(5);
    session.updateReadTime();

    assertThat(readUpTo(8)).isEqualTo(7);
  }

  @Test
  void it_is_the_next_time_even_when_nobody_has_said_so() throws IOException {
    coming.addAll(List.of(5, -1));

    assertThat(readUpTo(8)).isEqualTo(5);
    assertThat(readUpTo(8)).isZero();

    assertThat(readUpTo(8)).isEqualTo(-1);
  }

  @Test
  void it_is_after_a_read_that_had_no_room_for_more() throws IOException {
    coming.addAll(List.of(8, 7));

    assertThat(readUpTo(8)).isEqualTo(8);

    assertThat(readUpTo(8)).isEqualTo(7);
  }

  @Test
  void nothing_is_read_while_reading_is_suspended() throws IOException {
    coming.add(5);
    mask = SelectionKey.OP_WRITE;

    assertThat(readUpTo(8)).isZero();
    assertThat(calls).isZero();
    mask = SelectionKey.OP_READ;

    assertThat(readUpTo(8)).isEqualTo(5);
  }
}
