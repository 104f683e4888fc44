package dev.culvert.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * An upgraded connection.
 *
 * @param socket what a selector watches
 * @param bytes what the stream's bytes pass through; the socket itself without TLS
 * @param input the same, to be read in blocking mode
 */
record Connection(SocketChannel socket, ByteChannel bytes, InputStream input) implements Closeable {

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
