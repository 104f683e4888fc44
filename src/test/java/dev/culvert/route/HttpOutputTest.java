package dev.culvert.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedResponse;
import dev.culvert.provider.TestTimer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Answers on their way to the client. */
class HttpOutputTest {

  /** What happened, in order. */
  private final List<String> told = new ArrayList<>();

  private final Stream stream = new Stream();
  private Supplier<Map<String, String>> trailers = Map::of;
  private int taken;

  private static final Duration IDLE = Duration.ofSeconds(3);

  private final TestTimer timer = new TestTimer();
  private HttpOutput output = output(IDLE);

  private HttpOutput output(Duration idle) {
    return new HttpOutput(response(), idle, timer, timer::nanos, new Told());
  }

  private HttpServletResponse response() {
    Map<String, Function<Object[], Object>> answers =
        Map.of(
            "setStatus", arguments -> told.add("status " + arguments[0]),
            "setHeader", arguments -> told.add(arguments[0] + ": " + arguments[1]),
            "setContentLengthLong", arguments -> told.add("length " + arguments[0]),
            "setTrailerFields", arguments -> offered(arguments[0]),
            "getOutputStream", arguments -> stream);
    return Stub.of(HttpServletResponse.class, answers);
  }

  @SuppressWarnings("unchecked") // as the Servlet API says
  private Object offered(Object supplier) {
    trailers = (Supplier<Map<String, String>>) supplier;
    return null;
  }

  private void begin(boolean flushed, long length) throws IOException {
    output.begin(
        new ProxiedResponse.Ready(200, Headers.of("X-Own", "1"), flushed),
        length,
        true,
        count -> taken += count);
    told.clear();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void the_head_has_the_status_the_headers_and_the_length() throws IOException {
    output.begin(
        new ProxiedResponse.Ready(206, Headers.of("X-Own", "1"), false), 5, true, count -> {});

    assertThat(told).containsExactly("status 206", "X-Own: 1", "length 5");
  }

  @Test
  void each_piece_of_a_flushed_answer_is_flushed() throws IOException {
    begin(true, -1);

    output.add(bytes("one"));
    output.add(bytes("two"));

    assertThat(told).containsExactly("one", "flush", "two", "flush");
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void the_head_of_a_flushed_answer_does_not_wait_for_the_body() throws IOException {
    output.begin(
        new ProxiedResponse.Ready(200, Headers.NONE, true), -1, true, count -> taken += count);

    assertThat(told).containsExactly("status 200", "flush");
  }

  @Test
  void others_are_not_flushed() throws IOException {
    begin(false, 3);

    output.add(bytes("one"));
    output.end(Headers.NONE);

    assertThat(told).containsExactly("one", "done");
  }

  @Test
  void a_head_that_is_to_be_first_is_out_before_the_end() throws IOException {
    output.sendHeadFirst();
    output.end(Headers.NONE);

    output.begin(new ProxiedResponse.Ready(401, Headers.NONE, false), 0, false, count -> {});

    assertThat(told).containsExactly("status 401", "length 0", "flush", "done");
  }

  @Test
  void what_the_client_does_not_take_waits_and_counts_as_not_taken() throws IOException {
    begin(true, -1);
    stream.ready = false;

    output.add(bytes("one"));
    output.add(bytes("two"));
    assertThat(told).isEmpty();
    assertThat(taken).isZero();
    stream.ready = true;
    output.onWritePossible();

    assertThat(told).containsExactly("one", "two", "flush");
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void what_waits_is_a_copy_of_its_own() throws IOException {
    begin(false, -1);
    stream.ready = false;
    byte[] lent = "one".getBytes(UTF_8);
    output.add(ByteBuffer.wrap(lent));
    Arrays.fill(lent, (byte) '-');
    output.add(bytes("two"));

    stream.ready = true;
    output.onWritePossible();

    assertThat(told).containsExactly("one", "two");
  }

  @Test
  void what_comes_before_the_head_waits_for_it() throws IOException {
    output.add(bytes("one"));
    output.add(bytes("two"));

    output.begin(
        new ProxiedResponse.Ready(200, Headers.NONE, false), 6, true, count -> taken += count);

    assertThat(told).containsExactly("status 200", "length 6", "one", "two");
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void a_piece_is_what_is_left_in_its_buffer() throws IOException {
    begin(false, -1);
    ByteBuffer outside = ByteBuffer.allocateDirect(8).put("-two-".getBytes(UTF_8));

    output.add(ByteBuffer.wrap("-one-".getBytes(UTF_8), 1, 4).slice().limit(3));
    output.add(outside.flip().position(1).limit(4));

    assertThat(told).containsExactly("one", "two");
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void the_end_waits_for_the_client_to_take_all() throws IOException {
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    output.end(Headers.of("X-Sum", "1", "X-Two", "a", "x-two", "b"));
    assertThat(told).isEmpty();

    stream.ready = true;
    output.onWritePossible();

    assertThat(told).containsExactly("one", "done");
    assertThat(trailers.get()).isEqualTo(Map.of("x-sum", "1", "x-two", "a, b"));
  }

  @Test
  void a_client_that_has_gone_is_told_of_once() throws IOException {
    begin(false, -1);
    stream.broken = true;

    output.add(bytes("one"));
    output.add(bytes("two"));
    output.end(Headers.NONE);

    assertThat(told).containsExactly("gone: answer: java.io.IOException: reset");
    assertThat(taken).isZero();
  }

  @Test
  void after_the_end_nothing_is_touched() throws IOException {
    begin(true, -1);
    output.stop();

    output.add(bytes("late"));
    output.end(Headers.NONE);
    output.onWritePossible();

    assertThat(told).isEmpty();
  }

  @Test
  void a_client_that_takes_nothing_of_the_last_is_given_up() throws IOException {
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    timer.pass(IDLE.multipliedBy(2)); // the upstream's call watches here
    assertThat(told).isEmpty();
    output.end(Headers.NONE);

    timer.pass(IDLE.minusMillis(1));
    assertThat(told).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(told).containsExactly("idle: answer: nothing taken for PT3S");
    assertThat(timer.size()).isZero();
  }

  @Test
  void a_client_that_still_takes_some_is_not() throws IOException {
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    output.add(bytes("two"));
    output.end(Headers.NONE);

    timer.pass(IDLE.minusMillis(1));
    stream.room = 1;
    output.onWritePossible();
    timer.pass(IDLE.minusMillis(1));
    assertThat(told).containsExactly("one");
    timer.pass(Duration.ofMillis(1));

    assertThat(told).containsExactly("one", "idle: answer: nothing taken for PT3S");
  }

  @Test
  void nobody_is_watched_after_the_end_of_the_exchange() throws IOException {
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    output.end(Headers.NONE);
    assertThat(timer.size()).isEqualTo(1);

    stream.ready = true;
    output.onWritePossible();
    assertThat(told).containsExactly("one", "done");
    assertThat(timer.size()).isZero();
  }

  @Test
  void nobody_is_watched_when_it_was_stopped() throws IOException {
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    output.end(Headers.NONE);

    output.stop();

    assertThat(timer.size()).isZero();
  }

  @Test
  void without_a_limit_a_client_may_take_its_time() throws IOException {
    output = output(Duration.ZERO);
    begin(false, -1);
    stream.ready = false;
    output.add(bytes("one"));
    output.end(Headers.NONE);

    assertThat(timer.size()).isZero();
  }

  private final class Told implements HttpOutput.Events {
    @Override
    public void listen(boolean flushed, Runnable setting) {
      setting.run();
    }

    @Override
    public void done() {
      told.add("done");
    }

    @Override
    public void gone(String detail) {
      told.add("gone: " + detail);
    }

    @Override
    public void idle(String detail) {
      told.add("idle: " + detail);
    }
  }

  /** A client's connection. */
  private final class Stream extends ServletOutputStream {
    private boolean ready = true;
    private boolean broken;

    /** For so many pieces although it is not ready. */
    private int room;

    @Override
    public boolean isReady() {
      return ready || room > 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (broken) {
        throw new IOException("reset");
      }
      room--;
      told.add(new String(bytes, offset, length, UTF_8));
    }

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {
      told.add("flush");
    }

    @Override
    public void setWriteListener(WriteListener listener) {}
  }
}
