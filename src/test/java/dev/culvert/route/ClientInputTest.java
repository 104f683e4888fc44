package dev.culvert.route;

import static dev.culvert.route.PortableRig.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.Joined;
import jakarta.servlet.ReadListener;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientInputTest {

  private PortableRig rig;
  private FakeUpgrade.Input in;
  private ReadListener server;

  @BeforeEach
  void begin() throws IOException {
    rig = PortableRig.begun();
    in = rig.connection.getInputStream();
    server = in.listener();
  }

  @Test
  void what_is_there_before_the_first_announcement_is_read() throws IOException {
    PortableRig early = new PortableRig();
    early.connection.getInputStream().arrive(bytes("early"));

    early.begin();

    assertThat(early.taken()).isEqualTo("early");
  }

  @Test
  void what_the_server_announces_is_read_to_the_last_chunk() throws IOException {
    in.arrive(bytes("on")).arrive(bytes("e"));

    server.onDataAvailable();

    assertThat(rig.taken()).isEqualTo("one");
  }

  @Test
  void what_the_stream_does_not_take_is_kept_and_nothing_more_is_read() throws IOException {
    in.arrive(bytes("0123456789")).arrive(bytes("abc")).arrive(bytes("def"));

    server.onDataAvailable();

    assertThat(rig.channel.held()).isEqualTo(PortableRig.CAPACITY);
    assertThat(in.unread()).isEqualTo(2);
  }

  @Test
  void room_in_the_stream_lets_the_rest_and_what_came_after_it_through() throws IOException {
    in.arrive(bytes("0123456789")).arrive(bytes("abc"));
    server.onDataAvailable();
    rig.channel.take();

    rig.stream.signal();

    assertThat(rig.taken()).isEqualTo("0123456789abc");
    assertThat(in.unread()).isZero();
  }

  @Test
  void the_end_is_told_once_and_leaves_the_connection_open() throws IOException {
    server.onAllDataRead();
    server.onAllDataRead();

    assertThat(rig.endsOfInput).isEqualTo(1);
    assertThat(rig.connection.closes()).isZero();
  }

  /** Undertow does not tell it in this case. */
  @Test
  void an_end_after_bytes_that_had_to_wait_is_told() throws IOException {
    in.arrive(bytes("0123456789"));
    server.onDataAvailable();
    in.finish();
    rig.channel.take();

    rig.stream.signal();

    assertThat(rig.taken()).isEqualTo("0123456789");
    assertThat(rig.endsOfInput).isEqualTo(1);
  }

  /** Tomcat tells it in this way. */
  @Test
  void an_end_of_file_as_an_error_is_the_end_too() {
    server.onError(new EOFException());

    assertThat(rig.endsOfInput).isEqualTo(1);
    assertThat(rig.failures).isEmpty();
    assertThat(rig.connection.closes()).isZero();
  }

  @Test
  void an_error_ends_the_stream_and_says_why() {
    server.onError(new IOException("reset"));

    assertThat(rig.failures).containsExactly("client: java.io.IOException: reset");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void a_read_that_fails_ends_the_stream_and_says_why() throws IOException {
    in.fail(new IOException("reset"));

    server.onDataAvailable();

    assertThat(rig.failures).containsExactly("client: java.io.IOException: reset");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void nothing_is_read_for_a_stream_that_has_ended() throws IOException {
    in.arrive(bytes("never read"));
    rig.channel.close();

    server.onDataAvailable();
    server.onDataAvailable();

    assertThat(in.unread()).isEqualTo(1);
    assertThat(rig.failures).isEmpty();
  }

  @Test
  void a_closed_connection_is_left_alone() throws IOException {
    rig.stream.close();
    in.arrive(bytes("another request's"));

    server.onDataAvailable();
    rig.stream.signal();

    assertThat(in.unread()).isEqualTo(1);
  }

  /** Whoever finds Tomcat's thread pausing leaves it to that thread to go on. */
  @Test
  void the_end_after_bytes_that_wait_comes_when_the_stream_takes_them_in_a_pause_of_tomcats()
      throws Exception {
    ClientInput onTomcat = onTomcat();
    in.arrive(bytes("0123456789"));
    onTomcat.writeListenerCalled();
    assertThat(rig.channel.held()).isEqualTo(PortableRig.CAPACITY);
    Thread tomcats = new Thread(() -> onTomcat.onError(new EOFException()));
    tomcats.start();
    while (tomcats.getState() != Thread.State.TIMED_WAITING && tomcats.isAlive()) {
      Thread.onSpinWait();
    }

    rig.channel.take();
    onTomcat.resume();

    tomcats.join(10_000);
    assertThat(rig.taken()).isEqualTo("0123456789");
    assertThat(rig.endsOfInput).isEqualTo(1);
  }

  private ClientInput onTomcat() throws ReflectiveOperationException {
    return new ClientInput(
        rig.stream,
        in,
        new Joined("1", rig.channel, () -> rig.endsOfInput++, rig.failures::add),
        Optional.of(new TomcatSocket(new TomcatSocketTest.Wrapper())));
  }
}
