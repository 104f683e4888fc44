package dev.culvert.host.connector;

import java.nio.ByteBuffer;

/** Takes a client's connection over from the server's connector. */
public interface TakeOver {

  /** Receives the connection. Called once, on a thread of the server. */
  interface Receiver {

    /**
     * The connection is ours.
     *
     * @param early what the client sent after its request head
     */
    void taken(ClientConnection connection, ByteBuffer early);

    /** The connection was lost on the way. */
    void lost(String detail);
  }

  /** The reason why the request's connection cannot be taken over; empty when it can. */
  String refusal(Object request);

  /**
   * Has the server treat a response whose headers are set as an ordinary one, although it or the
   * request names an upgrade; and read nothing after a request that says how long its body is, when
   * the response says that the connection closes.
   */
  void decline(Object request);

  /** Closes the connection of a request at once, or its stream; false where that is not known. */
  boolean abort(Object request);

  /**
   * Runs what sets the write listener of an asynchronous exchange, and nothing else, and spares the
   * server what it would do for the answer in vain.
   *
   * @param flushed whether each piece of the answer is flushed
   */
  default void setWriteListener(Object request, boolean flushed, Runnable setting) {
    setting.run();
  }

  /**
   * Runs what completes an asynchronous exchange whose answer has been written with a write
   * listener, where the server needs no worker for the rest.
   */
  default void complete(Object request, Runnable completion) {
    completion.run();
  }

  /**
   * Commits the response, whose status and headers are set, and arranges that the receiver gets the
   * connection when the server is done with the exchange.
   *
   * @throws IllegalStateException when the client is gone; the receiver is not called then
   */
  void take(Object request, Object response, Receiver receiver);

  /**
   * A deployment has ended: sees to it that the server's threads keep nothing of it.
   *
   * @param loader of its classes; not kept
   */
  void undeployed(ClassLoader loader);
}
