package dev.culvert.host.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlFramesTest {

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void closeCarriesCodeAndReason(boolean masked) throws IOException {
    Frame frame = decode(ControlFrames.close(CloseStatus.sendable(4999, "später"), masked));

    assertThat(frame.opcode()).isEqualTo(Frame.CLOSE);
    assertThat(frame.fin()).isTrue();
    assertThat(frame.masked()).isEqualTo(masked);
    assertThat(frame.closeCode()).isEqualTo(4999);
    assertThat(frame.closeReason()).isEqualTo("später");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void pingCarriesItsPayload(boolean masked) throws IOException {
    Frame frame = decode(ControlFrames.ping(0x8123_4567_89ab_cdefL, masked));

    assertThat(frame.opcode()).isEqualTo(Frame.PING);
    assertThat(frame.masked()).isEqualTo(masked);
    assertThat(ByteBuffer.wrap(frame.payload()).getLong()).isEqualTo(0x8123_4567_89ab_cdefL);
  }

  @Test
  void longestReasonFillsTheFrame() throws IOException {
    Frame frame = decode(ControlFrames.close(CloseStatus.sendable(1000, "r".repeat(123)), true));

    assertThat(frame.payload()).hasSize(125);
    assertThat(frame.closeReason()).isEqualTo("r".repeat(123));
  }

  @Test
  void masksDiffer() {
    ByteBuffer one = ControlFrames.ping(1, true);
    ByteBuffer other = ControlFrames.ping(1, true);

    assertThat(key(one)).isNotEqualTo(key(other));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 66_536})
  void codesThatMayNotStandInAFrameAreRefused(int code) {
    assertThatThrownBy(() -> CloseStatus.sendable(code, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("close code: " + code + " (expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1003, 1007, 1012, 1013, 1014, 3000, 4999})
  void codesOfTheRegistryAndOfApplicationsMayBeSent(int code) {
    assertThat(CloseStatus.sendable(code, "").code()).isEqualTo(code);
  }

  @Test
  void reasonsAreMeasuredInBytes() {
    assertThatThrownBy(() -> CloseStatus.sendable(1000, "ü".repeat(62)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("close reason: 124 bytes (expected: at most 123)");
  }

  private static int key(ByteBuffer frame) {
    return frame.getInt(2);
  }

  private static Frame decode(ByteBuffer encoded) throws IOException {
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    Frame frame = Frame.read(in);
    assertThat(in.available()).as("bytes after the frame").isZero();
    return frame;
  }
}
