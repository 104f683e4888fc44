package dev.culvert.relay.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

  private final List<String> seen = new ArrayList<>();
  private final FrameDecoder decoder = new FrameDecoder(new Notes());

  private final class Notes implements FrameSink {
    @Override
    public void text(String piece, boolean last) {
      seen.add("text " + piece + (last ? "." : ""));
    }

    @Override
    public void binary(ByteBuffer piece, boolean last) {
      seen.add("binary " + piece.remaining() + (last ? "." : ""));
    }

    @Override
    public void ping(ByteBuffer payload) {
      seen.add("ping " + UTF_8.decode(payload));
    }

    @Override
    public void close(int code, String reason) {
      seen.add("close " + code + " " + reason);
    }
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(2 * FrameDecoder.LEAST_ROOM);
  }

  /** Offers bytes in steps, with what was left over in front, as a relay does. */
  private void decode(byte[] bytes, int step) throws IOException {
    ByteBuffer buffer = buffer();
    for (int at = 0; at < bytes.length; at += step) {
      buffer.put(bytes, at, Math.min(step, bytes.length - at)).flip();
      decoder.decode(buffer);
      buffer.compact();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 100})
  void framesAreFoundHoweverTheirBytesCome(int step) throws IOException {
    byte[] frames =
        hex(
            "81 02 68 69"
                + "01 01 c3"
                + "89 01 70"
                + "80 01 bc"
                + "82 03 010203"
                + "88 03 03e8 62");

    decode(frames, step);

    assertThat(seen)
        .containsExactly("text hi.", "text ", "ping p", "text ü.", "binary 3.", "close 1000 b");
  }

  @Test
  void aLongFrameComesInPieces() throws IOException {
    int length = 3 * FrameDecoder.WHOLE;
    byte[] frame = ByteBuffer.allocate(10 + length).put(hex("827f")).putLong(length).array();

    decode(frame, 50_000);

    assertThat(seen.get(seen.size() - 1)).endsWith(".");
    assertThat(seen.subList(0, seen.size() - 1)).isNotEmpty().noneMatch(s -> s.endsWith("."));
    int total = seen.stream().mapToInt(s -> Integer.parseInt(s.replaceAll("[^0-9]", ""))).sum();
    assertThat(total).isEqualTo(length);
  }

  @Test
  void aFrameThatFitsComesWhole() throws IOException {
    byte[] frame =
        ByteBuffer.allocate(10 + FrameDecoder.WHOLE)
            .put(hex("827f"))
            .putLong(FrameDecoder.WHOLE)
            .array();

    decode(frame, 1000);

    assertThat(seen).containsExactly("binary " + FrameDecoder.WHOLE + ".");
  }

  @Test
  void nothingCountsAfterAClose() throws IOException {
    decode(hex("8800" + "810178"), 100);

    assertThat(seen).containsExactly("close 1005 ");
  }

  @ParameterizedTest
  @CsvSource({
    "c10178, 1002",
    "a10178, 1002",
    "910178, 1002",
    "8181000000007878, 1002",
    "830178, 1002",
    "8f00, 1002",
    "0900, 1002",
    "897e007e, 1002",
    "800178, 1002",
    "01017881017, 1002",
    "827f8000000000000000, 1002",
    "880103, 1002",
    "880203ed, 1002",
    "880203ee, 1002",
    "880203f7, 1002",
    "880207d0, 1002",
    "880303e8ff, 1007",
    "8102c080, 1007",
    "0103e0808062, 1007",
    "0102eda0, 1007",
    "0102f490, 1007",
    "8101c3, 1007",
  })
  void whatAServerMustNotSend(String bytes, int code) {
    byte[] frames = hex(bytes.length() % 2 == 0 ? bytes : bytes + "8");

    assertThatThrownBy(() -> decode(frames, 1000))
        .isInstanceOfSatisfying(
            ProtocolFault.class, fault -> assertThat(fault.code()).isEqualTo(code));
  }
}
