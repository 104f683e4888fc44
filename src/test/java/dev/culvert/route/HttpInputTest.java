package dev.culvert.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route;
import dev.culvert.handshake.Trailers;
import dev.culvert.http.RequestContent;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of requests on their way from the client. */
class HttpInputTest {

  private static final int PIECE = 16 * 1024;

  private final List<String> told = new ArrayList<>();
  private final Stream stream = new Stream();
  private final Map<String, String> trailers = new HashMap<>();
  private final List<Runnable> whenReturned = new ArrayList<>();
  private Optional<String> expectation = Optional.empty();
  private int looks;
  private int ends;

  private HttpInput input(long length, String... keysAndValues) {
    Map<String, Function<Object[], Object>> request =
        Map.of(
            "getContentLengthLong", arguments -> length,
            "getHeader", arguments -> expectation.orElse(null),
            "getInputStream", arguments -> looked(),
            "isTrailerFieldsReady", arguments -> true,
            "getTrailerFields", arguments -> ended());
    Route route = TestSettings.of(keysAndValues).routes().get("chat");
    long most = route.http().maxRequest();
    return new HttpInput(
        Stub.of(HttpServletRequest.class, request),
        fields -> Trailers.passedOn(fields, route.requestHeaders()),
        most,
        new Told());
  }

  /** Trailers are looked for at the end that the upstream is to see. */
  private Object ended() {
    ends++;
    return trailers;
  }

  private Object looked() {
    looks++;
    return stream;
  }

  private static HttpInput begun(HttpInput input) throws IOException {
    input.begin();
    return input;
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1, -1, , false, false",
    "HTTP/1.1, 0, , false, false",
    "HTTP/1.1, 4, , false, true",
    "HTTP/1.1, -1, chunked, false, true",
    "HTTP/2.0, -1, , true, false",
    "HTTP/2.0, -1, , false, true",
    "HTTP/2.0, 0, , false, false"
  })
  void a_body_is_expected_that_is_announced_and_over_http2_any_that_has_not_ended(
      String protocol, long length, String coding, boolean finished, boolean expected)
      throws IOException {
    if (finished) {
      stream.end();
    }
    Map<String, Function<Object[], Object>> request = new HashMap<>();
    request.put("getProtocol", arguments -> protocol);
    request.put("getContentLengthLong", arguments -> length);
    request.put("getHeader", arguments -> coding);
    request.put("getInputStream", arguments -> stream);

    assertThat(HttpInput.isExpected(Stub.of(HttpServletRequest.class, request)))
        .isEqualTo(expected);
  }

  @Test
  void a_short_body_that_came_with_the_head_is_taken_at_once() throws IOException {
    stream.come("body");

    RequestContent content = begun(input(4)).content();

    assertThat(content.total()).isEqualTo(4);
    assertThat(stream.listener).isEmpty();
    assertThat(told).isEmpty();
  }

  /** Over HTTP/2; Undertow calls nobody then. */
  @Test
  void a_body_that_was_left_out_is_told_at_once() throws IOException {
    stream.end();

    HttpInput unused = begun(input(300));

    assertThat(told)
        .containsExactly("malformed: body: 0 bytes (expected: 300 by its Content-Length)");
    assertThat(stream.listener).isEmpty();
  }

  @Test
  void nothing_is_read_before_the_upstream_takes_it() throws IOException {
    HttpInput input = begun(input(-1));
    stream.come("body");
    input.onDataAvailable();

    assertThat(stream.left()).isEqualTo(4);
  }

  /** The server would tell the client to go on. */
  @Test
  void a_body_that_waits_for_the_upstream_is_not_looked_at_before() throws IOException {
    expectation = Optional.of("100-continue");
    HttpInput input = begun(input(4));
    assertThat(looks).isZero();

    assertThat(input.isAwaited()).isTrue();
    input.demanded();
    input.demanded();
    assertThat(input.isAwaited()).isFalse();
    assertThat(looks).isZero();
    assertThat(whenReturned).hasSize(1);
    whenReturned.get(0).run();

    assertThat(looks).isEqualTo(1);
    assertThat(stream.listener).isPresent();
  }

  @Test
  void nor_when_the_exchange_is_over_by_then() throws IOException {
    expectation = Optional.of("100-continue");
    HttpInput input = begun(input(4));
    input.demanded();
    input.stop();

    whenReturned.get(0).run();

    assertThat(looks).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void what_the_server_announces_as_the_last_is_read_whether_there_is_room_or_not()
      throws IOException {
    HttpInput input = begun(input(-1));
    stream.come("x".repeat(2 * PIECE));
    input.onDataAvailable();

    input.onAllDataRead();

    assertThat(input.content().total()).isEqualTo(2L * PIECE);
  }

  /** Payara says that it is finished as soon as all has come. */
  @Test
  void what_has_come_and_is_not_read_is_not_the_end() throws IOException {
    HttpInput input = input(-1);
    stream.come("body");
    stream.finished = true;
    input.begin();
    input.onDataAvailable();
    assertThat(input.content().total()).isZero();

    input.onAllDataRead();

    assertThat(input.content().total()).isEqualTo(4);
  }

  @Test
  void nothing_is_asked_before_the_server_has_called() throws IOException {
    HttpInput input = begun(input(-1));

    input.demanded();
    assertThat(stream.questions).isZero();
    input.onAllDataRead();

    assertThat(stream.questions).isEqualTo(1);
  }

  @Test
  void more_than_may_be_is_told_once_and_no_more_is_read() throws IOException {
    HttpInput input = begun(input(-1, "culvert.routes.chat.http.max-request", "16KiB"));
    stream.come("x".repeat(4 * PIECE));

    input.onAllDataRead();
    input.onAllDataRead();

    assertThat(told).containsExactly("too long");
    assertThat(stream.left()).isEqualTo(2 * PIECE);
  }

  @Test
  void as_much_as_may_be_may_be() throws IOException {
    HttpInput input = begun(input(-1, "culvert.routes.chat.http.max-request", "16KiB"));
    stream.come("x".repeat(PIECE));

    input.onAllDataRead();

    assertThat(told).isEmpty();
    assertThat(input.content().total()).isEqualTo(PIECE);
  }

  /** As it may over HTTP/2; the upstream would take the next request for the rest. */
  @Test
  void a_body_that_ends_before_its_length_does_not_end_for_the_upstream() throws IOException {
    HttpInput input = begun(input(10));
    input.onDataAvailable();
    stream.come("body");

    input.onAllDataRead();
    input.onAllDataRead();

    assertThat(told)
        .containsExactly("malformed: body: 4 bytes (expected: 10 by its Content-Length)");
    assertThat(ends).isZero();
  }

  @Test
  void nor_does_one_of_which_nothing_comes() throws IOException {
    HttpInput input = begun(input(10));

    input.onAllDataRead();

    assertThat(told)
        .containsExactly("malformed: body: 0 bytes (expected: 10 by its Content-Length)");
    assertThat(ends).isZero();
  }

  @Test
  void of_one_that_goes_on_after_its_length_nothing_too_much_is_passed_on() throws IOException {
    HttpInput input = begun(input(3));
    stream.come("body");

    input.onAllDataRead();

    assertThat(told)
        .containsExactly("malformed: body: 4 bytes (expected: 3 by its Content-Length)");
    assertThat(input.content().total()).isLessThanOrEqualTo(3);
    assertThat(ends).isZero();
  }

  @Test
  void one_of_its_length_ends() throws IOException {
    HttpInput input = begun(input(2L * PIECE));
    stream.come("x".repeat(2 * PIECE));

    input.onAllDataRead();

    assertThat(told).isEmpty();
    assertThat(input.content().total()).isEqualTo(2L * PIECE);
    assertThat(ends).isEqualTo(1);
  }

  @Test
  void a_fault_is_told_once() throws IOException {
    HttpInput input = begun(input(10));

    input.onError(new IOException("reset"));
    input.onError(new IOException("reset"));

    assertThat(told).containsExactly("gone: body: java.io.IOException: reset");
  }

  @Test
  void after_the_end_nothing_is_told_or_asked() throws IOException {
    HttpInput input = begun(input(-1));
    input.stop();
    stream.come("late");

    input.onDataAvailable();
    input.onError(new IOException("reset"));

    assertThat(told).isEmpty();
    assertThat(stream.left()).isEqualTo(4);
  }

  private final class Told implements HttpInput.Events {
    @Override
    public void tooLong() {
      told.add("too long");
    }

    @Override
    public void malformed(String detail) {
      told.add("malformed: " + detail);
    }

    @Override
    public void gone(String detail) {
      told.add("gone: " + detail);
    }

    @Override
    public void whenReturned(Runnable task) {
      whenReturned.add(task);
    }
  }

  /** Has what a test puts into it. */
  private static final class Stream extends ServletInputStream {
    private byte[] bytes = {};
    private int read;
    private boolean finished;
    private int questions;
    private Optional<ReadListener> listener = Optional.empty();

    void come(String text) {
      bytes = text.getBytes(UTF_8);
    }

    void end() {
      finished = true;
    }

    int left() {
      return bytes.length - read;
    }

    @Override
    public int available() {
      return left();
    }

    @Override
    public boolean isReady() {
      questions++;
      return left() > 0;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int count = Math.min(length, left());
      System.arraycopy(bytes, read, target, offset, count);
      read += count;
      return count;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public void setReadListener(ReadListener set) {
      listener = Optional.of(set);
    }
  }
}
