package dev.culvert.host.loop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {

  private final EventLoop loop = new EventLoop("test-loop");
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  @AfterEach
  void endLoop() {
    loop.close();
  }

  @Test
  void runsTasksInTheOrderOfTheCalls() throws Exception {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      loop.execute(() -> order.add(number));
    }

    assertThat(onLoop(() -> List.copyOf(order)))
        .isEqualTo(IntStream.range(0, 1000).boxed().toList());
  }

  @Test
  void keepsTheOrderOfEachThread() throws Exception {
    List<int[]> order = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      threads.add(
          HostThreads.start(
              "caller-" + t,
              () -> {
                for (int i = 0; i < 5000; i++) {
                  int number = i;
                  loop.execute(() -> order.add(new int[] {thread, number}));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    List<int[]> all = onLoop(() -> List.copyOf(order));

    assertThat(all).hasSize(20_000);
    for (int t = 0; t < 4; t++) {
      int thread = t;
      assertThat(all.stream().filter(e -> e[0] == thread).mapToInt(e -> e[1]))
          .isSorted()
          .hasSize(5000);
    }
  }

  @Test
  void runsATaskOfATaskAfterThoseThatWait() throws Exception {
    loop.execute(
        () -> {
          loop.execute(() -> events.add("nested"));
          events.add("outer");
        });
    onLoop(() -> "");

    assertThat(next()).isEqualTo("outer");
    assertThat(next()).isEqualTo("nested");
  }

  @Test
  void knowsItsThread() throws Exception {
    assertThat(loop.inLoop()).isFalse();
    assertThat(onLoop(loop::inLoop)).isTrue();
  }

  @Test
  void timersExpireInTheOrderOfTheirDeadlinesAndNotBefore() throws Exception {
    loop.execute(
        () -> {
          long now = loop.now();
          loop.arm(new Named("late"), now + MILLISECONDS.toNanos(60));
          loop.arm(new Named("early"), now + MILLISECONDS.toNanos(20));
          loop.arm(new Named("at once"), now);
        });

    assertThat(next()).isEqualTo("at once");
    assertThat(next()).isEqualTo("early");
    assertThat(next()).isEqualTo("late");
  }

  @Test
  void aTimerCanBeMovedAndCancelled() throws Exception {
    loop.execute(
        () -> {
          Named cancelled = new Named("cancelled");
          Named moved = new Named("moved");
          loop.arm(cancelled, loop.now() + MILLISECONDS.toNanos(5));
          loop.arm(moved, loop.now() + MILLISECONDS.toNanos(5));
          loop.arm(new Named("last"), loop.now() + MILLISECONDS.toNanos(30));
          loop.cancel(cancelled);
          loop.arm(moved, loop.now() + MILLISECONDS.toNanos(60));
        });

    assertThat(next()).isEqualTo("last");
    assertThat(next()).isEqualTo("moved");
    assertThat(events).isEmpty();
  }

  @Test
  void aFailingTaskHarmsNoOther() throws Exception {
    loop.execute(
        () -> {
          throw new IllegalStateException("expected by the test");
        });
    loop.execute(
        () -> {
          throw new AssertionError("expected by the test");
        });

    assertThat(onLoop(() -> "alive")).isEqualTo("alive");
  }

  @Test
  void aFailingTimerHarmsNoOther() throws Exception {
    loop.execute(
        () -> {
          loop.arm(
              new Timer() {
                @Override
                protected void expired(long now) {
                  throw new AssertionError("expected by the test");
                }
              },
              loop.now());
          loop.arm(new Named("next"), loop.now() + 1);
        });

    assertThat(next()).isEqualTo("next");
  }

  @Test
  void aHandlerLearnsOfItsOwnFailure() throws Exception {
    try (Loopback connection = Loopback.connect()) {
      register(connection.near(), new Failing(new AssertionError("no memory"), connection.near()));
      connection.far().send("x");

      assertThat(next()).isEqualTo("no memory");
      assertThat(connection.far().isHungUp()).isTrue();
      assertThat(onLoop(() -> "alive")).isEqualTo("alive");
    }
  }

  @Test
  void aHandlerThatCannotEvenFailIsLetGo() throws Exception {
    try (Loopback connection = Loopback.connect()) {
      SelectionKey key =
          register(
              connection.near(),
              new ChannelHandler() {
                @Override
                public void ready(int operations) throws IOException {
                  throw new IOException("broken");
                }

                @Override
                public void failed(Throwable cause) {
                  events.add(cause.getMessage());
                  throw new IllegalStateException("expected by the test", cause);
                }
              });
      connection.far().send("x");

      assertThat(next()).isEqualTo("broken");
      assertThat(onLoop(key::isValid)).isFalse();
      assertThat(events).isEmpty();
    }
  }

  @Test
  void aChannelThatAnEarlierEventClosedIsNotTouched() throws Exception {
    try (Loopback one = Loopback.connect();
        Loopback other = Loopback.connect()) {
      ChannelHandler closesBoth =
          new ChannelHandler() {
            @Override
            public void ready(int operations) throws IOException {
              one.near().close();
              other.near().close();
              events.add("ready");
            }

            @Override
            public void failed(Throwable cause) {
              events.add("failed " + cause);
            }
          };
      CountDownLatch sent = new CountDownLatch(1);
      register(one.near(), closesBoth);
      register(other.near(), closesBoth);
      loop.execute(() -> await(sent));
      one.far().send("x");
      other.far().send("x");
      sent.countDown();

      assertThat(next()).isEqualTo("ready");
      onLoop(() -> "");
      assertThat(events).isEmpty();
    }
  }

  @Test
  void closingRunsWhatWasHandedOverAndFailsWhatIsOpen() throws Exception {
    try (Loopback connection = Loopback.connect()) {
      register(connection.near(), new Failing(new IOException("unused"), connection.near()));
      CountDownLatch closed = new CountDownLatch(1);
      loop.execute(() -> await(closed));
      loop.execute(() -> events.add("handed over"));
      loop.close();
      closed.countDown();

      assertThat(next()).isEqualTo("handed over");
      assertThat(next()).isEqualTo("the host ends");
      assertThat(connection.far().isHungUp()).isTrue();
    }
  }

  @Test
  void aBufferThatIsTakenIsReplacedAndComesBack() throws Exception {
    ByteBuffer taken = onLoop(loop::takeBuffer);
    ByteBuffer other = onLoop(loop::buffer);
    assertThat(other).isNotSameAs(taken);

    loop.execute(() -> loop.recycle(taken));
    onLoop(loop::takeBuffer);

    assertThat(onLoop(loop::buffer)).isSameAs(taken);
  }

  @Test
  void beyondManyTakenBuffersTheRestIsSmallAndCopied() throws Exception {
    List<ByteBuffer> taken = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      taken.add(onLoop(loop::takeBuffer));
    }
    assertThat(taken).allMatch(ByteBuffer::isDirect);

    ByteBuffer shared = onLoop(loop::buffer);
    assertThat(shared.remaining()).isEqualTo(20 * 1024);
    ByteBuffer copy = onLoop(loop::takeBuffer);
    assertThat(copy.isDirect()).isFalse();
    assertThat(onLoop(loop::buffer)).isSameAs(shared);

    loop.execute(() -> taken.forEach(loop::recycle));
    assertThat(onLoop(loop::buffer).remaining()).isEqualTo(128 * 1024);
  }

  @Test
  void loopsAreHandedOutInTurn() {
    try (EventLoops loops = new EventLoops("test-loops", 2)) {
      EventLoop first = loops.next();
      EventLoop second = loops.next();

      assertThat(second).isNotSameAs(first);
      assertThat(loops.next()).isSameAs(first);
      assertThat(loops.size()).isEqualTo(2);
    }
  }

  @Test
  void hostThreadsKeepNothingOfTheirCaller() {
    Thread thread = HostThreads.create("test-thread", () -> {});

    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getThreadGroup().getParent()).isNull();
    assertThat(thread.getContextClassLoader()).isSameAs(HostThreads.class.getClassLoader());
  }

  private SelectionKey register(SocketChannel channel, ChannelHandler handler) throws Exception {
    return onLoop(() -> loop.register(channel, SelectionKey.OP_READ, handler));
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(10, SECONDS);
  }

  private String next() throws InterruptedException {
    return events.poll(10, SECONDS);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Named extends Timer {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    protected void expired(long now) {
      events.add(name);
    }
  }

  private final class Failing implements ChannelHandler {
    private final Throwable failure;
    private final SocketChannel channel;

    Failing(Throwable failure, SocketChannel channel) {
      this.failure = failure;
      this.channel = channel;
    }

    @Override
    public void ready(int operations) throws IOException {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (IOException) failure;
    }

    @Override
    public void failed(Throwable cause) {
      events.add(cause.getMessage());
      try {
        channel.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
