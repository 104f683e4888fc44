package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Headers;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The body of a request, between its client and upstreams. */
class RequestContentTest {

  private static final int PIECE = 16 * 1024;
  private static final int WINDOW = 64 * 1024;

  private final AtomicInteger demands = new AtomicInteger();
  private final RequestContent content = new RequestContent(-1, demands::incrementAndGet);

  @Test
  void nothing_is_wanted_before_an_upstream_takes_it() {
    assertThat(content.isWanted()).isFalse();
    assertThat(demands).hasValue(0);

    open();

    assertThat(content.isWanted()).isTrue();
    assertThat(demands).hasValue(1);
  }

  @Test
  void who_reads_what_is_wanted_holds_a_window_of_it() {
    open();
    int read = 0;
    while (content.isWanted()) {
      content.add(new byte[PIECE]);
      read += PIECE;
    }

    assertThat(read).isEqualTo(WINDOW);
  }

  @Test
  void the_slowest_of_several_does_not_hold_up_the_fastest() {
    RequestContent.Cursor fast = open();
    RequestContent.Cursor slow = open();
    fill(WINDOW);
    assertThat(content.isWanted()).isFalse();

    drain(fast);

    assertThat(content.isWanted()).isTrue();
    assertThat(slow.available()).isEqualTo(WINDOW);
  }

  @Test
  void more_is_asked_for_when_there_is_room_again() {
    RequestContent.Cursor cursor = open();
    fill(WINDOW);
    int before = demands.get();

    cursor.taken(1);

    assertThat(demands).hasValue(before + 1);
    assertThat(content.isWanted()).isTrue();
  }

  @Test
  void a_short_body_can_be_taken_again_from_its_beginning() {
    content.add("one".getBytes(UTF_8));
    content.add("two".getBytes(UTF_8));
    content.end(Headers.of("X-Sum", "6"));
    RequestContent.Cursor first = open();
    assertThat(drain(first)).isEqualTo("onetwo");
    first.close();

    RequestContent.Cursor second = open();

    assertThat(content.isReplayable()).isTrue();
    assertThat(content.isKept()).isTrue();
    assertThat(drain(second)).isEqualTo("onetwo");
    assertThat(second.end()).contains(Headers.of("X-Sum", "6"));
  }

  @Test
  void a_long_body_cannot_once_some_of_it_has_gone() {
    RequestContent.Cursor cursor = open();
    fill(RequestContent.REPLAYABLE);
    drain(cursor);
    assertThat(content.isReplayable()).isTrue();

    content.add(new byte[1]);

    assertThat(content.isReplayable()).isFalse();
    assertThat(drain(cursor)).hasSize(1);
    assertThat(content.total()).isEqualTo(RequestContent.REPLAYABLE + 1);
  }

  @Test
  void the_end_is_told_after_the_last_byte() {
    RequestContent.Cursor cursor = open();
    content.add("x".getBytes(UTF_8));
    content.end(Headers.NONE);
    assertThat(cursor.end()).isEmpty();

    drain(cursor);

    assertThat(cursor.end()).contains(Headers.NONE);
    assertThat(content.isWanted()).isFalse();
  }

  @Test
  void one_that_is_closed_wants_nothing_more() {
    open().close();

    assertThat(content.isWanted()).isFalse();
  }

  @Test
  void who_takes_it_is_told_of_each_piece_and_of_the_end() {
    AtomicInteger told = new AtomicInteger();
    RequestContent.Cursor unused = content.open(told::incrementAndGet);

    content.add(new byte[1]);
    content.end(Headers.NONE);

    assertThat(told).hasValue(2);
  }

  @Test
  void a_piece_without_bytes_holds_nothing_up() {
    RequestContent.Cursor cursor = open();
    content.add(new byte[0]);
    content.add("x".getBytes(UTF_8));

    assertThat(drain(cursor)).isEqualTo("x");
  }

  private RequestContent.Cursor open() {
    return content.open(() -> {});
  }

  private void fill(int bytes) {
    for (int i = 0; i < bytes; i += PIECE) {
      content.add(new byte[PIECE]);
    }
  }

  private static String drain(RequestContent.Cursor cursor) {
    StringBuilder text = new StringBuilder();
    for (ByteBuffer bytes = cursor.peek(); bytes.hasRemaining(); bytes = cursor.peek()) {
      int count = bytes.remaining();
      text.append(UTF_8.decode(bytes));
      cursor.taken(count);
    }
    return text.toString();
  }
}
