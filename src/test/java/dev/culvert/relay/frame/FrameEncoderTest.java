package dev.culvert.relay.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncoderTest {

  private final FrameEncoder encoder = new FrameEncoder();

  private static byte[] all(OutgoingFrame frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer chunk = frame.nextChunk(); chunk.hasRemaining(); chunk = frame.nextChunk()) {
      bytes.writeBytes(copy(chunk));
    }
    return bytes.toByteArray();
  }

  /** Without the mask, by the book: byte i with byte i mod 4 of the key. */
  private static byte[] unmasked(byte[] frame, int header) {
    byte[] payload = new byte[frame.length - header];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (frame[header + i] ^ frame[header - 4 + (i & 3)]);
    }
    return payload;
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "125, 6", "126, 8", "65535, 8", "65536, 14", "100001, 14"})
  void framesAreMaskedAndHaveTheShortestLength(int length, int header) {
    byte[] payload = new byte[length];
    new Random(1).nextBytes(payload);

    byte[] frame = all(encoder.binary(ByteBuffer.wrap(payload), true));

    assertThat(frame).hasSize(header + length);
    assertThat(frame[0]).isEqualTo((byte) 0x82);
    assertThat(frame[1] & 0x80).isEqualTo(0x80);
    assertThat(unmasked(frame, header)).isEqualTo(payload);
  }

  @Test
  void onlyTheFirstFrameOfAMessageHasItsType() {
    assertThat(all(encoder.text(UTF_8.encode("a"), false))[0]).isEqualTo((byte) 0x01);
    assertThat(all(encoder.text(UTF_8.encode("b"), false))[0]).isEqualTo((byte) 0x00);
    assertThat(all(encoder.text(UTF_8.encode("c"), true))[0]).isEqualTo((byte) 0x80);
    assertThat(all(encoder.text(UTF_8.encode("d"), true))[0]).isEqualTo((byte) 0x81);
  }

  @Test
  void eachFrameHasAKeyOfItsOwn() {
    Set<Integer> keys = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      keys.add(ByteBuffer.wrap(all(encoder.text(UTF_8.encode("x"), true))).getInt(2));
    }

    assertThat(keys).hasSizeGreaterThan(195);
  }

  @Test
  void controlFrames() {
    byte[] pong = copy(encoder.pong(UTF_8.encode("hello")));
    ByteBuffer close = encoder.close(1001, "ü".repeat(100));

    assertThat(pong[0]).isEqualTo((byte) 0x8a);
    byte[] bytes = copy(close);
    assertThat(bytes[0]).isEqualTo((byte) 0x88);
    byte[] payload = unmasked(bytes, 6);
    assertThat(ByteBuffer.wrap(payload).getShort()).isEqualTo((short) 1001);
    assertThat(new String(payload, 2, payload.length - 2, UTF_8)).isEqualTo("ü".repeat(61));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aTextMayBeCutBetweenTheHalvesOfACharacter(int cut) {
    String text = "a🦊b";
    Utf8Encoder utf8 = new Utf8Encoder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    bytes.writeBytes(copy(utf8.encode(text.substring(0, cut), false)));
    bytes.writeBytes(copy(utf8.encode(text.substring(cut), true)));

    assertThat(bytes.toString(UTF_8)).isEqualTo(text);
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
