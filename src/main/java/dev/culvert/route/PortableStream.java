package dev.culvert.route;

import dev.culvert.boundary.Joined;
import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.provider.Timer;
import dev.culvert.thread.SerialExecutor;
import dev.culvert.thread.Threads;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Carries bytes between an upgraded connection of the server and the client's end of a stream. The
 * server's threads and the workers do the carrying, under the lock of this object; nothing blocks.
 * Once the connection is closed nobody uses it: servers give its parts to other connections.
 */
final class PortableStream {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private enum Phase {
    OPEN,
    /** All has been written, and the connection closes when the client's system has it. */
    CLOSING,
    ENDED
  }

  private static final String CATALINA = "org.apache.catalina.connector.";

  private final WebConnection connection;

  /** Where both directions are carried when the stream says so. */
  private final Executor carriers;

  private final Consumer<PortableStream> whenEnded;
  private final Optional<UpgradedRequest> request;
  private final Optional<TomcatSocket> tomcat;

  /** The only thread that may use the connection, where there is one. */
  private final Optional<Executor> thread;

  /**
   * Where calls of the server are handled. Grizzly makes them under a lock of its own, for which a
   * write of ours that finds the client gone waits under the lock of this object.
   */
  private final Executor callbacks;

  private final ConnectionEnd end;

  private final Timer timer;

  /** Of the client, once the stream has ended. */
  private final IdleWatch watch;

  /** Whether a worker is about to look at both directions. */
  private final AtomicBoolean due = new AtomicBoolean();

  /** Whether the end has been told. */
  private final AtomicBoolean done = new AtomicBoolean();

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

  /** Set once, before the listeners. */
  private volatile Joined joined;

  /** Set once, as the other one. */
  private volatile ClientInput input;

  private volatile ClientOutput output;

  /** The server has both listeners: nothing is carried before, as its last byte closes all. */
  private volatile boolean listening;

  /**
   * Prepares a stream.
   *
   * @param request that was upgraded, where the server keeps it
   * @param whenEnded called once, when the connection is closed
   */
  PortableStream(
      WebConnection connection,
      Optional<UpgradedRequest> request,
      Executor workers,
      StallLimit stall,
      Consumer<PortableStream> whenEnded) {
    this.connection = connection;
    this.request = request;
    Optional<UndertowConnection> undertow = UndertowConnection.of(connection, stall.limit());
    this.thread = undertow.map(UndertowConnection::thread);
    boolean grizzly = request.isPresent() || connection.getClass().getName().startsWith(CATALINA);
    this.carriers = thread.orElse(grizzly ? new SerialExecutor(workers) : workers);
    this.callbacks = grizzly ? carriers : Runnable::run;
    this.end =
        undertow
            .<ConnectionEnd>map(known -> known)
            .orElseGet(() -> ConnectionEnd.of(connection, request, stall));
    this.whenEnded = whenEnded;
    this.timer = stall.timer();
    this.tomcat = TomcatSocket.of(connection);
    Runnable cut = () -> fail("client takes nothing");
    this.watch = stall.watch(() -> Threads.executeOrRun(carriers, cut));
  }

  /** Begins to carry, on a thread of the server. */
  void begin(Joined stream) throws IOException {
    joined = stream;
    if (prepare(stream)) {
      thread.orElse(Runnable::run).execute(this::listen);
    } else { // whoever has closed it may have known of no stream yet
      stream.fail().accept("closed before it began");
      ConnectionEnd.closeQuietly(stream.channel());
    }
  }

  /** Whether the connection is still open. */
  private synchronized boolean prepare(Joined stream) throws IOException {
    if (!isOpen()) {
      return false;
    }
    input = new ClientInput(this, connection.getInputStream(), stream, tomcat);
    output = new ClientOutput(this, connection.getOutputStream(), stream, input);
    return true;
  }

  /** Payara takes no listener for a connection that has been closed. */
  private void listen() {
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      input.listen();
      if (!isOpen()) {
        return; // told from within
      }
      output.listen();
      listening = true;
    }
    input.begin();
    output.carry(); // some servers announce only what was asked for in vain
    watchEnd();
  }

  /** The stream has bytes or room again, or has ended; called by the host, which must not wait. */
  void signal() {
    if (due.compareAndSet(false, true)) {
      try {
        if (!Threads.tryExecute(carriers, this::carry)) { // the host signals once
          due.set(false);
          Runnable unused = timer.after(Threads.AGAIN, this::signal);
        }
      } catch (RejectedExecutionException e) {
        due.set(false);
        LOG.log(Level.DEBUG, "signal after the end of the deployment", e);
      }
    }
  }

  private void carry() {
    due.set(false);
    if (listening) {
      input.resume();
      output.carry();
      watchEnd();
    }
  }

  /** From here on the host bounds nothing any more. */
  private void watchEnd() {
    if (!joined.channel().isOpen()) {
      watch.begin();
    }
  }

  /** The server has taken something for the client. */
  void taken() {
    watch.moved();
  }

  private boolean isOpen() {
    return phase.get() == Phase.OPEN;
  }

  /** Handles a call of the server, after those before it. */
  void called(Runnable handling) {
    try {
      callbacks.execute(handling);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "call of the server after the end of the deployment", e);
    }
  }

  /** The server says so, perhaps within a call of ours: a close must not wait under our lock. */
  void failed(Throwable cause) {
    Runnable failure = () -> fail("client: " + cause);
    if (Thread.holdsLock(this)) {
      Threads.executeOrRun(carriers, failure);
    } else {
      failure.run();
    }
  }

  /** The client is gone, or has to go; nothing happens once all has been written. */
  void fail(String detail) {
    tell(detail);
    onThread(this::endOpen);
  }

  /** The client has to go, also one that has not taken the rest yet. */
  void cutOff(String detail) {
    tell(detail);
    onThread(
        () -> {
          if (phase.getAndSet(Phase.ENDED) != Phase.ENDED) {
            abort();
          }
        });
  }

  /** The server closes the connection; within a close of ours it says so too. */
  void closedByServer() {
    Threads.executeOrRun(
        callbacks,
        () -> {
          if (phase.get() == Phase.OPEN) {
            fail("closed by the server");
          }
        });
  }

  private void endOpen() {
    if (phase.compareAndSet(Phase.OPEN, Phase.ENDED)) {
      abort();
    }
  }

  private void abort() {
    stop();
    end.abort(this::closed);
  }

  private void tell(String detail) {
    Joined stream = joined;
    if (stream != null) {
      stream.fail().accept(detail);
    }
  }

  /** Closes the connection; all that was meant for the client has been written. */
  void close() {
    onThread(
        () -> {
          if (phase.compareAndSet(Phase.OPEN, Phase.CLOSING)) {
            stop();
            end.close(this::closed);
          }
        });
  }

  /**
   * At once where any thread may use the connection, and on its only one: Undertow goes on by what
   * it finds after its call. From elsewhere nothing is begun that this thread would not finish.
   */
  private void onThread(Runnable task) {
    if (thread.isEmpty() || thread.get() == Thread.currentThread()) {
      task.run();
    } else {
      Threads.executeOrRun(thread.get(), task);
    }
  }

  private void closed() {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    phase.set(Phase.ENDED);
    watch.stop();
    Joined stream = joined;
    if (stream != null) {
      ConnectionEnd.closeQuietly(stream.channel());
    }
    request.ifPresent(UpgradedRequest::forget);
    whenEnded.accept(this);
  }

  private synchronized void stop() {
    if (input != null) {
      input.stop();
    }
    if (output != null) {
      output.stop();
    }
  }
}
