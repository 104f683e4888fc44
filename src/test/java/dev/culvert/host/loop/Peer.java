package dev.culvert.host.loop;

import dev.culvert.host.frame.Frame;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** The far end of a connection, used by one test thread with blocking calls of bounded time. */
public final class Peer implements Closeable {

  private static final int LONGEST_WAIT_MILLIS = 20_000;

  private final Socket socket;

  public Peer(Socket socket) throws SocketException {
    this.socket = socket;
    socket.setSoTimeout(LONGEST_WAIT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  public Peer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public Peer send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Peer send(Frame frame) throws IOException {
    return send(frame.encode());
  }

  public byte[] receive(int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  public String receiveText(int length) throws IOException {
    return new String(receive(length), StandardCharsets.ISO_8859_1);
  }

  public Frame receiveFrame() throws IOException {
    return Frame.read(socket.getInputStream());
  }

  public byte[] receiveAll() throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  /** Reads to the end of a request head. */
  public String receiveHead() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** Waits until the other end has closed or reset the connection. */
  public boolean isHungUp() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  public Peer endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Closes so that the other end gets a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
