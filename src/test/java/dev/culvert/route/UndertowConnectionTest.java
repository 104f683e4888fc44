package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.server.DefaultByteBufferPool;
import io.undertow.servlet.spec.WebConnectionImpl;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** Undertow's own connections, and the one thread that serves them all. */
class UndertowConnectionTest {

  private static final int PIECE = 64 * 1024;
  private static final long LIMIT_SECONDS = 10;

  private XnioWorker worker;
  private AcceptingChannel<StreamConnection> server;
  private Socket client;
  private StreamConnection channel;
  private XnioIoThread thread;
  private WebConnectionImpl connection;
  private UndertowConnection end;

  @BeforeEach
  void connect() throws Exception {
    worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
    CompletableFuture<StreamConnection> accepted = new CompletableFuture<>();
    server =
        worker.createStreamConnectionServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            listening -> accept(listening, accepted),
            OptionMap.EMPTY);
    server.resumeAccepts();
    client = new Socket();
    client.setReceiveBufferSize(PIECE);
    client.connect(server.getLocalAddress());
    channel = accepted.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    thread = channel.getIoThread();
    connection = new WebConnectionImpl(channel, new DefaultByteBufferPool(false, 1024), thread);
    end = UndertowConnection.of(connection, Duration.ofMinutes(1)).orElseThrow();
  }

  private static void accept(
      AcceptingChannel<StreamConnection> listening, CompletableFuture<StreamConnection> accepted) {
    try {
      accepted.complete(listening.accept());
    } catch (IOException e) {
      accepted.completeExceptionally(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    worker.shutdownNow();
  }

  @Test
  void an_abort_does_not_wait_for_a_client_that_takes_nothing() throws Exception {
    writeUntilBusy(cause -> {});
    CountDownLatch closed = new CountDownLatch(1);

    thread.execute(() -> end.abort(closed::countDown));

    assertThat(closed.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(channel.isOpen()).isFalse();
    assertThreadIsFree();
  }

  /** Undertow goes on trying to write what is left, and telling of each fault. */
  @Test
  void an_abort_from_within_ends_the_faults_of_a_client_that_resets() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    writeUntilBusy(cause -> end.abort(closed::countDown));

    client.setSoLinger(true, 0);
    client.close();

    assertThat(closed.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThreadIsFree();
  }

  @Test
  void a_close_comes_after_all_that_was_written() throws Exception {
    byte[] bytes = {1, 2, 3};
    CountDownLatch closed = new CountDownLatch(1);
    listen(
        out -> {
          out.write(bytes);
          end.close(closed::countDown);
        },
        cause -> {});

    assertThat(closed.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
  }

  private interface Writing {
    void write(ServletOutputStream out) throws IOException;
  }

  private void writeUntilBusy(Consumer<Throwable> whenFaulty) throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    listen(
        out -> {
          while (out.isReady()) {
            out.write(new byte[PIECE]);
          }
          busy.countDown();
        },
        whenFaulty);
    assertThat(busy.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void listen(Writing writing, Consumer<Throwable> whenFaulty) throws IOException {
    ServletOutputStream out = connection.getOutputStream();
    WriteListener listener =
        new WriteListener() {
          @Override
          public void onWritePossible() throws IOException {
            writing.write(out);
          }

          @Override
          public void onError(Throwable cause) {
            whenFaulty.accept(cause);
          }
        };
    thread.execute(() -> out.setWriteListener(listener));
  }

  private void assertThreadIsFree() throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    thread.execute(answered::countDown);
    assertThat(answered.await(LIMIT_SECONDS, TimeUnit.SECONDS)).as("a task").isTrue();
  }
}
