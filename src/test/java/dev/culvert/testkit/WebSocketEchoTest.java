package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WebSocketEchoTest {

  private static final int MASK = 0x9A3C_51F7;

  private final ByteArrayOutputStream question = new ByteArrayOutputStream();
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private final Random random = new Random(1);

  @Test
  void echoesFrameByFrameWhereverTheInputIsCut() throws ProtocolException {
    exchange(FrameHeader.TEXT, FrameHeader.TEXT, 3);
    exchange(FrameHeader.FIN | FrameHeader.PING, FrameHeader.FIN | FrameHeader.PONG, 5);
    exchange(FrameHeader.FIN, FrameHeader.FIN, 130);
    exchange(FrameHeader.FIN | FrameHeader.BINARY, FrameHeader.FIN | FrameHeader.BINARY, 0);
    byte[] input = question.toByteArray();

    for (int cut = 0; cut <= input.length; cut++) {
      assertThat(echo(new WebSocketEcho(), input, cut))
          .as("cut at %d", cut)
          .isEqualTo(answer.toByteArray());
    }
  }

  @Test
  void echoesByteByByte() throws ProtocolException {
    exchange(FrameHeader.FIN | FrameHeader.BINARY, FrameHeader.FIN | FrameHeader.BINARY, 70_000);
    byte[] input = question.toByteArray();
    WebSocketEcho echo = new WebSocketEcho();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    for (byte single : input) {
      output.writeBytes(feed(echo, new byte[] {single}, 0, 1));
    }

    assertThat(output.toByteArray()).isEqualTo(answer.toByteArray());
  }

  @Test
  void endsWithTheCloseFrame() throws ProtocolException {
    exchange(FrameHeader.FIN | FrameHeader.CLOSE, FrameHeader.FIN | FrameHeader.CLOSE, 2);
    byte[] close = answer.toByteArray();
    exchange(FrameHeader.FIN | FrameHeader.TEXT, FrameHeader.FIN | FrameHeader.TEXT, 4);
    WebSocketEcho echo = new WebSocketEcho();

    byte[] output = feed(echo, question.toByteArray(), 0, question.size());

    assertThat(output).isEqualTo(close);
    assertThat(echo.finished()).isTrue();
  }

  @Test
  void goesOnWhileTheCloseFrameIsIncomplete() throws ProtocolException {
    exchange(FrameHeader.FIN | FrameHeader.CLOSE, FrameHeader.FIN | FrameHeader.CLOSE, 2);
    WebSocketEcho echo = new WebSocketEcho();

    feed(echo, question.toByteArray(), 0, question.size() - 1);

    assertThat(echo.finished()).isFalse();
  }

  @Test
  void refusesAnUnmaskedFrame() {
    assertThatThrownBy(() -> feed(new WebSocketEcho(), new byte[] {(byte) 0x81, 0}, 0, 2))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("frame: unmasked (expected: masked, RFC 6455 section 5.1)");
  }

  private void exchange(int sent, int answered, int length) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    ByteBuffer frame = ByteBuffer.allocate(FrameHeader.MAX + length);
    FrameHeader.writeMasked(frame, sent, length, MASK);
    for (int i = 0; i < length; i++) {
      frame.put((byte) (payload[i] ^ (MASK >>> (24 - i % 4 * 8))));
    }
    question.write(frame.array(), 0, frame.position());
    frame.clear();
    FrameHeader.write(frame, answered, length);
    frame.put(payload);
    answer.write(frame.array(), 0, frame.position());
  }

  private static byte[] echo(WebSocketEcho echo, byte[] input, int cut) throws ProtocolException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    output.writeBytes(feed(echo, input, 0, cut));
    output.writeBytes(feed(echo, input, cut, input.length));
    return output.toByteArray();
  }

  private static byte[] feed(WebSocketEcho echo, byte[] input, int from, int to)
      throws ProtocolException {
    ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.MAX + to - from);
    echo.resume(buffer);
    buffer.put(input, from, to - from).flip();
    echo.answer(buffer);
    byte[] output = new byte[buffer.remaining()];
    buffer.get(output);
    return output;
  }
}
