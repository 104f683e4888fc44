package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameHeaderTest {

  private static final int MASK = 0x8001_7FFE;

  private final FrameHeader header = new FrameHeader();

  @ParameterizedTest
  @CsvSource({
    "0, 2",
    "125, 2",
    "126, 4",
    "65535, 4",
    "65536, 10",
    "9223372036854775807, 10",
  })
  void readsWhatItWrote(long length, int size) throws ProtocolException {
    ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.MAX);
    FrameHeader.write(buffer, FrameHeader.TEXT, length);
    buffer.flip();

    assertThat(header.read(buffer)).isTrue();
    assertThat(buffer.position()).isEqualTo(size).isEqualTo(buffer.limit());
    assertThat(header.first()).isEqualTo(FrameHeader.TEXT);
    assertThat(header.length()).isEqualTo(length);
    assertThat(header.masked()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"125, 6", "65535, 8", "65536, 14"})
  void readsTheMask(long length, int size) throws ProtocolException {
    ByteBuffer buffer = masked(length);

    assertThat(header.read(buffer)).isTrue();
    assertThat(buffer.position()).isEqualTo(size);
    assertThat(header.masked()).isTrue();
    assertThat(header.mask()).isEqualTo(MASK);
    assertThat(header.opcode()).isEqualTo(FrameHeader.BINARY);
  }

  @ParameterizedTest
  @CsvSource({"1", "126", "65536"})
  void waitsForTheWholeHeaderWhereverItIsCut(long length) throws ProtocolException {
    ByteBuffer buffer = masked(length);
    int size = buffer.limit();

    for (int cut = 0; cut < size; cut++) {
      buffer.limit(cut);
      assertThat(header.read(buffer)).as("cut at %d", cut).isFalse();
      assertThat(buffer.position()).isZero();
    }
  }

  @Test
  void refusesALengthWithTheHighestBit() {
    ByteBuffer buffer = ByteBuffer.allocate(10).put((byte) 0x82).put((byte) 127).putLong(-1);

    assertThatThrownBy(() -> header.read(buffer.flip()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("frame length: 18446744073709551615 (expected: below 2^63)");
  }

  private static ByteBuffer masked(long length) {
    ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.MAX);
    FrameHeader.writeMasked(buffer, FrameHeader.FIN | FrameHeader.BINARY, length, MASK);
    return buffer.flip();
  }
}
