package dev.culvert.route;

import static dev.culvert.route.PortableRig.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.Joined;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientOutputTest {

  private PortableRig rig;
  private FakeUpgrade.Output out;
  private WriteListener server;

  @BeforeEach
  void begin() throws IOException {
    rig = PortableRig.begun();
    out = rig.connection.getOutputStream();
    server = out.listener();
  }

  @Test
  void what_is_there_before_the_first_announcement_is_written() throws IOException {
    PortableRig early = new PortableRig();
    early.channel.give(bytes("early"));

    early.begin();

    assertThat(early.connection.getOutputStream().written()).isEqualTo("early");
  }

  @Test
  void bytes_of_the_stream_are_written_and_flushed() {
    rig.channel.give(bytes("on"));
    rig.channel.give(bytes("e"));

    rig.stream.signal();

    assertThat(out.written()).isEqualTo("one");
    assertThat(out.isFlushed()).isTrue();
  }

  @Test
  void nothing_is_taken_from_the_stream_before_the_server_is_ready() throws IOException {
    out.blockOnWrite();
    rig.channel.give(bytes("first"));
    rig.channel.give(bytes("second"));

    rig.stream.signal();
    rig.stream.signal();

    assertThat(out.written()).isEqualTo("first");

    out.setReady(true);
    server.onWritePossible();

    assertThat(out.written()).isEqualTo("firstsecond");
  }

  /** Tomcat's thread may flush at any time, and be done at once or not. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_another_thread_got_in_the_way_of_on_tomcat_is_written_later(boolean atOnce)
      throws Exception {
    Joined joined = new Joined("1", rig.channel, () -> {}, rig.failures::add);
    ClientInput onTomcat =
        new ClientInput(
            rig.stream,
            rig.connection.getInputStream(),
            joined,
            Optional.of(new TomcatSocket(new TomcatSocketTest.Wrapper())));
    ClientOutput output = new ClientOutput(rig.stream, out, joined, onTomcat);
    rig.channel.give(bytes("kept"));
    out.overtakeNextWrite(atOnce);

    output.carry();
    assertThat(out.written()).isEqualTo(atOnce ? "kept" : "");
    out.setReady(true);
    output.carry();

    assertThat(rig.failures).isEmpty();
    assertThat(out.written()).isEqualTo("kept");
    assertThat(out.isFlushed()).isTrue();
  }

  @Test
  void the_connection_is_closed_after_the_last_byte() {
    rig.channel.give(bytes("last"));
    rig.channel.end();

    rig.stream.signal();

    assertThat(out.written()).isEqualTo("last");
    assertThat(out.isFlushed()).isTrue();
    assertThat(rig.connection.closes()).isEqualTo(1);
    assertThat(rig.failures).isEmpty();
  }

  @Test
  void it_stays_open_until_the_server_has_the_last_byte() throws IOException {
    out.blockOnWrite();
    rig.channel.give(bytes("last"));
    rig.channel.end();

    rig.stream.signal();

    assertThat(rig.connection.closes()).isZero();

    out.setReady(true);
    server.onWritePossible();

    assertThat(out.isFlushed()).isTrue();
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void it_stays_open_while_the_server_flushes() throws IOException {
    out.blockOnFlush();
    rig.channel.give(bytes("last"));
    rig.channel.end();

    rig.stream.signal();

    assertThat(rig.connection.closes()).isZero();

    out.setReady(true);
    server.onWritePossible();

    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void a_write_that_fails_ends_the_stream_and_says_why() {
    out.fail(new IOException("broken pipe"));
    rig.channel.give(bytes("never arrives"));

    rig.stream.signal();

    assertThat(rig.failures).containsExactly("client: java.io.IOException: broken pipe");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void an_error_ends_the_stream_and_says_why() {
    server.onError(new IOException("reset"));

    assertThat(rig.failures).containsExactly("client: java.io.IOException: reset");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void a_closed_connection_is_left_alone() throws IOException {
    rig.stream.close();

    server.onWritePossible();
    rig.stream.signal();

    assertThat(out.written()).isEmpty();
    assertThat(rig.connection.closes()).isEqualTo(1);
    assertThat(rig.failures).isEmpty();
  }
}
