package dev.culvert.it.clients;

import java.io.IOException;
import java.util.Optional;

/**
 * A WebSocket client that does what it is told, a line at a time, and answers in lines.
 *
 * <ul>
 *   <li>{@code open <address>} is answered with {@code opened} and the extensions agreed on.
 *   <li>{@code text <length>}, {@code binary <length>} and {@code fragments <length>} send a
 *       message of that many bytes, the latter as four fragments of a text, and are answered with
 *       the same words after {@code echoed} when its echo has come and is right.
 *   <li>{@code close <code>} closes, so that another address can be opened.
 *   <li>{@code closed <code> <reason>} tells of the end, asked for or not, with what the client's
 *       library reports.
 * </ul>
 *
 * Used by one thread.
 */
public interface RealClient extends AutoCloseable {

  /** How long an answer may take, in seconds; a browser's start is within. */
  long LIMIT_SECONDS = 60;

  /** Tells it to do something. */
  void send(String command) throws IOException;

  /**
   * Waits for the next line it says.
   *
   * @throws IllegalStateException when there is none in time
   */
  String receive() throws InterruptedException;

  /** The {@code Origin} it sends; empty when it sends none. */
  default Optional<String> origin() {
    return Optional.empty();
  }

  /** Tells it to do something and waits for the answer. */
  default String ask(String command) throws IOException, InterruptedException {
    send(command);
    return receive();
  }

  @Override
  void close() throws IOException;
}
