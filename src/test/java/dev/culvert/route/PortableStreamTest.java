package dev.culvert.route;

import static dev.culvert.route.PortableRig.STALL;
import static dev.culvert.route.PortableRig.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.culvert.boundary.Joined;
import dev.culvert.testkit.NoThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PortableStreamTest {

  @Test
  void everything_is_closed_once() throws IOException {
    PortableRig rig = PortableRig.begun();

    rig.stream.close();
    rig.stream.close();
    rig.stream.fail("too late");

    assertThat(rig.connection.closes()).isEqualTo(1);
    assertThat(rig.channel.isOpen()).isFalse();
    assertThat(rig.ended).containsExactly(rig.stream);
  }

  @Test
  void a_connection_that_does_not_close_has_ended_all_the_same() throws IOException {
    PortableRig rig = PortableRig.begun();
    rig.connection.failToClose(new IOException("gone"));

    rig.stream.close();

    assertThat(rig.channel.isOpen()).isFalse();
    assertThat(rig.ended).containsExactly(rig.stream);
  }

  @Test
  void a_failure_says_why_and_closes() throws IOException {
    PortableRig rig = PortableRig.begun();

    rig.stream.fail("closed by the server");

    assertThat(rig.failures).containsExactly("closed by the server");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void a_connection_that_was_closed_before_the_stream_began_is_left_alone() throws IOException {
    PortableRig rig = new PortableRig();
    rig.connection.getInputStream().arrive(bytes("another request's"));
    rig.stream.fail("closed by the server");

    rig.begin();
    rig.stream.signal();

    assertThat(rig.connection.getInputStream().unread()).isEqualTo(1);
    assertThat(rig.connection.getInputStream().listener()).isNull();
    assertThat(rig.ended).containsExactly(rig.stream);
    assertThat(rig.failures).as("the host hears of it").hasSize(1);
    assertThat(rig.channel.isOpen()).isFalse();
  }

  /** Payara refuses the second listener of a connection that has been closed. */
  @Test
  void a_stream_that_ends_before_the_server_has_both_listeners_closes_after_that()
      throws IOException {
    PortableRig rig = new PortableRig();
    rig.channel.give(bytes("all"));
    rig.channel.end();
    List<Integer> closesBefore = new ArrayList<>();
    rig.connection
        .getInputStream()
        .whenListening(
            () -> {
              rig.stream.signal();
              closesBefore.add(rig.connection.closes());
            });

    rig.begin();

    assertThat(closesBefore).containsExactly(0);
    assertThat(rig.connection.getOutputStream().listener()).isNotNull();
    assertThat(rig.connection.getOutputStream().written()).isEqualTo("all");
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  @Test
  void a_stream_that_fails_while_the_server_gets_a_listener_gets_no_other() throws IOException {
    PortableRig rig = new PortableRig();
    rig.connection.getInputStream().whenListening(() -> rig.stream.fail("closed by the server"));

    rig.begin();

    assertThat(rig.connection.getOutputStream().listener()).isNull();
    assertThat(rig.connection.closes()).isEqualTo(1);
  }

  /** Payara's close calls the handler back. */
  @Test
  void a_server_that_tells_of_the_close_within_it_cuts_nothing_off() throws IOException {
    PortableRig rig = PortableRig.begun();
    rig.connection.whenClosing(rig.stream::closedByServer);

    rig.stream.close();

    assertThat(rig.failures).isEmpty();
    assertThat(rig.connection.closes()).isEqualTo(1);
    assertThat(rig.ended).containsExactly(rig.stream);
  }

  @Test
  void a_server_that_closes_the_connection_ends_the_stream() throws IOException {
    PortableRig rig = PortableRig.begun();

    rig.stream.closedByServer();

    assertThat(rig.failures).containsExactly("closed by the server");
    assertThat(rig.ended).containsExactly(rig.stream);
  }

  /** Payara tells of an error of the input that it closes. */
  @Test
  void a_fault_after_the_last_byte_drops_nothing_that_is_queued() throws IOException {
    PortableRig rig = new PortableRig();
    PayaraRequest payara = new PayaraRequest();
    rig.connection.whenClosing(
        () -> {
          payara.grizzly.closeGracefully();
          rig.connection.getInputStream().listener().onError(new IOException("closed"));
        });
    payara.grizzly.queue(100);
    PortableStream stream = rig.begunOn(payara, Runnable::run);

    stream.close();

    assertThat(payara.grizzly.isTerminated()).isFalse();
    payara.grizzly.queue(0);
    assertThat(rig.ended).containsExactly(stream);
  }

  /** The deployment ends, and what Grizzly has queued is not taken. */
  @Test
  void a_close_that_waits_for_the_client_can_be_cut_short() throws IOException {
    PortableRig rig = new PortableRig();
    PayaraRequest payara = new PayaraRequest();
    rig.connection.whenClosing(payara.grizzly::closeGracefully);
    payara.grizzly.queue(100);
    PortableStream stream = rig.begunOn(payara, Runnable::run);
    stream.close();
    assertThat(rig.ended).isEmpty();

    stream.cutOff("undeployed");

    assertThat(payara.grizzly.isTerminated()).isTrue();
    assertThat(rig.ended).containsExactly(stream);
    assertThat(rig.timer.size()).isZero();
  }

  /** Tomcat's close waits for a thread of the server's that may wait for the stream's lock. */
  @Test
  void what_the_server_tells_within_a_write_is_not_acted_on_under_the_lock() throws IOException {
    List<Runnable> tasks = new ArrayList<>();
    PortableRig rig = new PortableRig();
    PortableStream stream = rig.stream(tasks::add);
    List<Boolean> locked = new ArrayList<>();
    rig.connection.whenClosing(() -> locked.add(Thread.holdsLock(stream)));
    stream.begin(new Joined("1", rig.channel, () -> {}, rig.failures::add));
    rig.connection.getOutputStream().failToFlush(new IOException("reset"));
    rig.channel.give(bytes("small"));
    stream.signal();

    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }

    assertThat(locked).containsExactly(false);
    assertThat(rig.failures).contains("client: java.io.IOException: reset");
  }

  /** It calls under a lock, which a write of ours wants that finds the client gone. */
  @Test
  void calls_of_grizzly_do_nothing_but_order_a_worker() throws Exception {
    PortableRig rig = new PortableRig();
    List<Runnable> tasks = new ArrayList<>();
    PortableStream stream = rig.begunOn(new PayaraRequest(), tasks::add);
    rig.connection.getInputStream().arrive(bytes("one"));

    CompletableFuture<Void> calls =
        CompletableFuture.runAsync(
            () -> {
              try {
                rig.connection.getInputStream().listener().onDataAvailable();
                rig.connection.getInputStream().listener().onAllDataRead();
                rig.connection.getOutputStream().listener().onWritePossible();
                rig.connection.getOutputStream().listener().onError(new IOException("gone"));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    synchronized (stream) { // as a write of ours has it
      calls.get(10, TimeUnit.SECONDS);
    }
    assertThat(rig.taken()).isEmpty();

    tasks.forEach(Runnable::run);
    assertThat(rig.taken()).isEqualTo("one");
    assertThat(rig.endsOfInput).isEqualTo(1);
    assertThat(rig.failures).containsExactly("client: java.io.IOException: gone");
  }

  @Test
  void a_client_that_takes_nothing_after_the_end_of_the_stream_is_cut_off() throws IOException {
    PortableRig rig = PortableRig.begun();
    rig.channel.give(bytes("left"));
    rig.connection.getOutputStream().setReady(false);
    rig.timer.pass(STALL.multipliedBy(2));
    assertThat(rig.timer.size()).as("not watched while the host has an eye on it").isZero();
    rig.channel.endStream();
    rig.stream.signal();

    rig.timer.pass(STALL);

    assertThat(rig.failures).containsExactly("client takes nothing");
    assertThat(rig.connection.closes()).isEqualTo(1);
    assertThat(rig.ended).containsExactly(rig.stream);
  }

  @Test
  void a_client_that_takes_some_of_it_has_more_time() throws IOException {
    PortableRig rig = PortableRig.begun();
    FakeUpgrade.Output output = rig.connection.getOutputStream();
    output.setReady(false);
    rig.channel.give(bytes("left"));
    rig.channel.give(bytes("over"));
    rig.channel.endStream();
    rig.stream.signal();
    rig.timer.pass(STALL.minusNanos(1));
    output.blockOnWrite();
    output.setReady(true);
    output.listener().onWritePossible();

    rig.timer.pass(STALL.minusNanos(1));
    assertThat(rig.failures).isEmpty();

    rig.timer.pass(Duration.ofNanos(1));
    assertThat(output.written()).isEqualTo("left");
    assertThat(rig.failures).containsExactly("client takes nothing");
  }

  @Test
  void signals_that_wait_for_a_worker_are_one() throws IOException {
    List<Runnable> tasks = new ArrayList<>();
    PortableStream stream = new PortableRig().stream(tasks::add);

    stream.signal();
    stream.signal();

    assertThat(tasks).hasSize(1);

    tasks.remove(0).run();
    stream.signal();

    assertThat(tasks).hasSize(1);
  }

  /** Not here: the host's thread has many others to carry for. */
  @Test
  void a_signal_for_which_no_thread_is_to_be_had_is_followed_when_there_is_one()
      throws IOException {
    PortableRig rig = new PortableRig();
    AtomicReference<Executor> workers = new AtomicReference<>(new NoThreads());
    PortableStream stream = rig.stream(task -> workers.get().execute(task));
    stream.begin(new Joined("1", rig.channel, () -> {}, rig.failures::add));
    rig.channel.give(bytes("one"));
    stream.signal();
    assertThat(rig.connection.getOutputStream().written()).isEmpty();

    workers.set(Runnable::run);
    rig.timer.pass(Duration.ofMillis(200));

    assertThat(rig.connection.getOutputStream().written()).isEqualTo("one");
  }

  @Test
  void a_signal_after_the_end_of_the_deployment_is_ignored() throws IOException {
    PortableRig rig = new PortableRig();
    PortableStream stream =
        rig.stream(
            task -> {
              throw new RejectedExecutionException("stopped");
            });
    stream.begin(new Joined("1", rig.channel, () -> {}, rig.failures::add));

    assertThatCode(stream::signal).doesNotThrowAnyException();
    assertThat(rig.failures).isEmpty();
  }
}
