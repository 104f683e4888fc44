package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first event with data of a stream. */
class FirstEventTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"data: x\n", "data:x", "data\n", "data\r\n", ": c\n\ndata: x", "event: a\ndata:"})
  void data_counts(String stream) {
    assertThat(new FirstEvent().isIn(bytes(stream))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {": data: x\n", "dat", "datax: 1\n", "xdata: 1\n", " data: x\n", "id: data:\n", ""})
  void comments_and_other_fields_do_not(String stream) {
    assertThat(new FirstEvent().isIn(bytes(stream))).isFalse();
  }

  @Test
  void it_may_come_byte_by_byte() {
    FirstEvent first = new FirstEvent();
    for (char next : "id: 1\nda\ndata".toCharArray()) {
      assertThat(first.isIn(bytes(Character.toString(next)))).isFalse();
    }

    assertThat(first.isIn(bytes(":"))).isTrue();
  }

  @Test
  void the_bytes_are_left_as_they_are() {
    ByteBuffer bytes = bytes("data: x\n");

    assertThat(new FirstEvent().isIn(bytes)).isTrue();
    assertThat(bytes.remaining()).isEqualTo(8);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
