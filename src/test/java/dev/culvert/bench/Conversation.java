package dev.culvert.bench;

import dev.culvert.testkit.WebSocketMessage;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;

/**
 * One connection in a closed loop: a message, its whole echo, the next message. Each message begins
 * with a stamp of connection and number. The echo's length and stamp are always compared, all of
 * its payload for every {@value #SAMPLE}th message; it may come in fragments. Allocates nothing per
 * message; belongs to one thread.
 */
final class Conversation implements ClosedLoop {

  /** Shortest payload, in bytes: the stamp. */
  static final int MIN_PAYLOAD = Long.BYTES;

  private static final int SAMPLE = 64;
  private static final int MASK = 0x5AC3_96F1;
  private static final long WIDE_MASK = ((long) MASK << 32) | MASK;
  private static final int ID_SHIFT = 48;

  private final int id;
  private final ByteChannel channel;
  private final SelectionKey key;

  /** The masked message; the stamp changes in it. */
  private final ByteBuffer question;

  /** The payload that is to come back; the stamp changes in it. */
  private final ByteBuffer answer;

  private final EchoFrames frames = new EchoFrames();
  private final int questionStamp;
  private final int answerLength;
  private int answered;
  private long number;
  private long sentAt;
  private boolean writing;

  /**
   * Takes an upgraded connection, whose socket does not block.
   *
   * @param id below 65536
   * @param payload its first {@value #MIN_PAYLOAD} bytes are overwritten by the stamp
   */
  Conversation(int id, ByteChannel channel, SelectionKey key, ByteBuffer payload) {
    this.id = id;
    this.channel = channel;
    this.key = key;
    question = WebSocketMessage.masked(payload, MASK);
    answerLength = payload.remaining();
    answer = ByteBuffer.allocateDirect(answerLength).put(payload.duplicate()).flip();
    questionStamp = question.limit() - answerLength;
  }

  @Override
  public boolean ready(ByteBuffer buffer) throws IOException {
    if (writing) {
      write();
    }
    buffer.clear();
    if (channel.read(buffer) < 0) {
      throw new ProtocolException(this + ": end of input");
    }
    buffer.flip();
    for (int count = frames.skipHeader(buffer); count > 0; count = frames.skipHeader(buffer)) {
      take(buffer, count);
    }
    boolean whole = frames.isOver();
    if (buffer.hasRemaining() || (whole && answered < answerLength)) {
      throw lengthFault(buffer.remaining());
    }
    return whole;
  }

  private void take(ByteBuffer echo, int count) throws ProtocolException {
    if (answered + count > answerLength) {
      throw lengthFault(count);
    }
    int next = echo.position() + count;
    int end = echo.limit();
    compare(echo.limit(next));
    echo.limit(end).position(next);
    frames.taken(count);
  }

  private ProtocolException lengthFault(int more) {
    return new ProtocolException(
        "%s: %d bytes (expected: %d)".formatted(this, answered + more, answerLength));
  }

  @Override
  public void send(long now) throws IOException {
    number++;
    long stamp = ((long) id << ID_SHIFT) | number;
    question.putLong(questionStamp, stamp ^ WIDE_MASK).rewind();
    answer.limit(answerLength).putLong(0, stamp);
    answered = 0;
    frames.next();
    sentAt = now;
    write();
  }

  private void write() throws IOException {
    channel.write(question);
    if (writing != question.hasRemaining()) {
      writing = question.hasRemaining();
      key.interestOps(SelectionKey.OP_READ | (writing ? SelectionKey.OP_WRITE : 0));
    }
  }

  private void compare(ByteBuffer echo) throws ProtocolException {
    int end = answered + echo.remaining();
    int compared = number % SAMPLE == 0 ? end : Math.min(end, MIN_PAYLOAD);
    if (answered < compared) {
      answer.limit(compared).position(answered);
      echo.limit(echo.position() + compared - answered);
      int difference = echo.mismatch(answer);
      if (difference >= 0) {
        throw new ProtocolException(this + ": wrong byte at " + (answered + difference));
      }
    }
    answered = end;
  }

  @Override
  public long sentAt() {
    return sentAt;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "echo of message " + number + " on connection " + id;
  }
}
