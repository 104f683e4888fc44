package dev.culvert.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.Upgrades;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One connection of the {@link DemoUpstream}. Two threads: the one that {@link #run runs} it reads,
 * and the writer's is the only one that writes, so that ticks and echoes do not mix.
 */
final class DemoStream implements Runnable {

  private static final Logger LOG = System.getLogger("dev.culvert.demo");
  private static final int MAX_HEAD = 16 * 1024;
  private static final String HEAD_END = "\r\n\r\n";

  private final Socket socket;
  private final long number;
  private final Duration interval;
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(task -> DemoUpstream.daemon(task, "demo-writer"));

  /** The writer's. */
  private long ticks;

  DemoStream(Socket socket, long number, Duration interval) {
    this.socket = socket;
    this.number = number;
    this.interval = interval;
  }

  @Override
  public void run() {
    try (socket) {
      serve(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
    } catch (EOFException e) {
      LOG.log(Level.DEBUG, "stream {0}: the client has gone", number);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "stream {0}: {1}", number, e);
    } finally {
      writer.shutdownNow();
    }
  }

  private void serve(DataInputStream in) throws IOException {
    RequestHead request = RequestHead.parse(head(in));
    String key =
        request
            .first("Sec-WebSocket-Key")
            .orElseThrow(() -> new ProtocolException("Sec-WebSocket-Key: none"));
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + ("Sec-WebSocket-Accept: " + Upgrades.accept(key) + HEAD_END);
    send(answer.getBytes(ISO_8859_1));
    long millis = interval.toMillis();
    Future<?> ticking =
        writer.scheduleAtFixedRate(this::tick, millis, millis, TimeUnit.MILLISECONDS);
    for (Frame frame = Frame.read(in); ; frame = Frame.read(in)) {
      if (frame.isClose()) {
        ticking.cancel(false);
        send(frame.bytes());
        return;
      }
      send(frame.echo().bytes());
    }
  }

  /** Waits until it is written, so that a client that does not read is not read from. */
  private void send(byte[] bytes) throws IOException {
    try {
      writer.submit(() -> write(bytes)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private void tick() {
    ticks++;
    write(Frame.text("stream " + number + " tick " + ticks).bytes());
  }

  private void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String head(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf(HEAD_END) < 0) {
      if (head.length() == MAX_HEAD) {
        throw new ProtocolException("request head: longer than " + MAX_HEAD + " bytes");
      }
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }
}
