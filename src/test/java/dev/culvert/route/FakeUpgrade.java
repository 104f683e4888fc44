package dev.culvert.route;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/** An upgraded connection of a server that does what a test says. For one thread. */
final class FakeUpgrade implements WebConnection {

  private final Input input = new Input();
  private final Output output = new Output();
  private int closes;
  private IOException faultOfClose;
  private Runnable whenClosing = () -> {};

  @Override
  public Input getInputStream() {
    return input;
  }

  @Override
  public Output getOutputStream() {
    return output;
  }

  @Override
  public void close() throws IOException {
    closes++;
    whenClosing.run();
    if (faultOfClose != null) {
      throw faultOfClose;
    }
  }

  int closes() {
    return closes;
  }

  /** What else happens at a close. */
  void whenClosing(Runnable event) {
    whenClosing = event;
  }

  /** The next close fails. */
  void failToClose(IOException fault) {
    faultOfClose = fault;
  }

  /** What the client sends. */
  static final class Input extends ServletInputStream {

    private final Queue<byte[]> arrived = new ArrayDeque<>();
    private ReadListener listener;
    private Runnable whenListening = () -> {};
    private IOException fault;
    private boolean finished;

    /** Bytes arrive; nobody is told. */
    Input arrive(byte[] bytes) {
      arrived.add(bytes);
      return this;
    }

    /** The end arrives; nobody is told. */
    void finish() {
      finished = true;
    }

    /** The next read fails. */
    void fail(IOException newFault) {
      fault = newFault;
    }

    ReadListener listener() {
      return listener;
    }

    /** What happens as soon as the server has the listener. */
    void whenListening(Runnable event) {
      whenListening = event;
    }

    /** Chunks that nobody has read. */
    int unread() {
      return arrived.size();
    }

    @Override
    public boolean isReady() {
      return fault != null || !arrived.isEmpty();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (fault != null) {
        throw fault;
      }
      if (arrived.isEmpty()) {
        throw new IllegalStateException("not ready");
      }
      byte[] bytes = arrived.remove();
      System.arraycopy(bytes, 0, target, offset, bytes.length);
      return bytes.length;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one byte at a time");
    }

    @Override
    public boolean isFinished() {
      return finished && arrived.isEmpty();
    }

    @Override
    public void setReadListener(ReadListener newListener) {
      listener = newListener;
      whenListening.run();
    }
  }

  /** What the client receives. */
  static final class Output extends ServletOutputStream {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private WriteListener listener;
    private IOException fault;
    private boolean blocked;
    private boolean blocking;
    private boolean blockingFlush;
    private boolean flushed = true;
    private boolean overtaken;
    private boolean overtakenForLong;
    private IOException faultOfFlush;

    /** Whether the server can take more. */
    void setReady(boolean ready) {
      blocked = !ready;
    }

    /** The server is busy with the next flush. */
    void blockOnFlush() {
      blockingFlush = true;
    }

    /** The server is busy from the next write on. */
    void blockOnWrite() {
      blocking = true;
    }

    /**
     * Another thread keeps the server busy between the question and the next write.
     *
     * @param briefly whether it is ready again at once
     */
    void overtakeNextWrite(boolean briefly) {
      overtaken = true;
      overtakenForLong = !briefly;
    }

    /** The next flush tells the listener of a fault, as Tomcat's does, and fails. */
    void failToFlush(IOException newFault) {
      faultOfFlush = newFault;
    }

    /** The next write fails. */
    void fail(IOException newFault) {
      fault = newFault;
    }

    WriteListener listener() {
      return listener;
    }

    String written() {
      return written.toString(StandardCharsets.US_ASCII);
    }

    /** Whether nothing is left in the server's buffers. */
    boolean isFlushed() {
      return flushed;
    }

    @Override
    public boolean isReady() {
      return !blocked;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      if (overtaken) {
        overtaken = false;
        blocked = overtakenForLong;
        throw new IllegalStateException("another thread writes");
      }
      requireReady();
      if (fault != null) {
        throw fault;
      }
      written.write(source, offset, length);
      flushed = false;
      blocked = blocking;
    }

    @Override
    public void write(int value) {
      throw new UnsupportedOperationException("one byte at a time");
    }

    @Override
    public void flush() throws IOException {
      requireReady();
      if (faultOfFlush != null) {
        listener.onError(faultOfFlush);
        throw faultOfFlush;
      }
      flushed = true;
      blocked = blockingFlush;
      blockingFlush = false;
    }

    /** As the Servlet API demands of callers. */
    private void requireReady() {
      if (blocked) {
        throw new IllegalStateException("not ready");
      }
    }

    @Override
    public void setWriteListener(WriteListener newListener) {
      listener = newListener;
    }
  }
}
