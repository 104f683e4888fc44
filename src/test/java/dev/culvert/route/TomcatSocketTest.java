package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TomcatSocketTest {

  /** What is used of Tomcat's {@code SocketWrapperBase}. */
  public static final class Wrapper {

    private final ReentrantLock lock = new ReentrantLock();

    /** Written by whoever closes. */
    private volatile boolean closed;

    private volatile boolean closedAlone;

    public Lock getLock() {
      return lock;
    }

    public void close() {
      closedAlone = lock.isHeldByCurrentThread();
      closed = true;
    }

    public void registerWriteInterest() {}
  }

  private final Wrapper wrapper = new Wrapper();

  @Test
  void does_not_close_while_a_thread_of_the_server_is_at_work() throws Exception {
    TomcatSocket socket = new TomcatSocket(wrapper);
    CompletableFuture<Void> closing;
    wrapper.lock.lock();
    try {
      closing = CompletableFuture.runAsync(socket::close);
      Awaitility.await("the wait").until(wrapper.lock::hasQueuedThreads);
      assertThat(wrapper.closed).isFalse();
    } finally {
      wrapper.lock.unlock();
    }

    assertThat(closing).succeedsWithin(1, TimeUnit.SECONDS);
    assertThat(wrapper.closedAlone).isTrue();
    assertThat(wrapper.lock.isLocked()).isFalse();
  }

  @Test
  void closes_on_the_thread_that_is_at_work() throws Exception {
    TomcatSocket socket = new TomcatSocket(wrapper);
    wrapper.lock.lock();

    socket.close();

    assertThat(wrapper.closed).isTrue();
    assertThat(wrapper.lock.getHoldCount()).isEqualTo(1);
  }

  @Test
  void closes_at_last_although_a_thread_stays_at_work() throws Exception {
    TomcatSocket socket = new TomcatSocket(wrapper);
    wrapper.lock.lock();
    try {
      assertThat(CompletableFuture.runAsync(socket::close)).succeedsWithin(10, TimeUnit.SECONDS);
    } finally {
      wrapper.lock.unlock();
    }

    assertThat(wrapper.closed).isTrue();
    assertThat(wrapper.closedAlone).isFalse();
  }
}
