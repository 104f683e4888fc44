package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestMemoryTest {

  private static final int FREE = RequestMemory.FREE;

  private final RequestMemory memory = new RequestMemory(10);
  private final RequestMemory.Share one = memory.share();
  private final RequestMemory.Share other = memory.share();

  @Test
  void all_together_keep_so_much() {
    assertThat(one.holds(FREE + 4)).isTrue();
    assertThat(other.holds(FREE + 6)).isTrue();

    assertThat(one.holds(FREE + 5)).isFalse();
    assertThat(other.holds(FREE + 7)).isFalse();
  }

  @Test
  void what_a_request_has_counts_once() {
    assertThat(one.holds(FREE + 4)).isTrue();
    assertThat(one.holds(FREE + 10)).isTrue();

    assertThat(other.holds(FREE + 1)).isFalse();
  }

  @Test
  void short_ones_come_through_whatever_others_do() {
    one.holds(FREE + 10);

    assertThat(other.holds(FREE)).isTrue();
  }

  @Test
  void a_request_that_has_arrived_leaves_its_room_to_others() {
    one.holds(FREE + 10);
    one.release();

    assertThat(other.holds(FREE + 10)).isTrue();
    assertThat(one.holds(FREE)).isTrue();
  }

  @Test
  void one_that_nobody_wants_any_more_keeps_nothing() {
    one.holds(FREE + 10);
    one.close();
    one.close();

    assertThat(one.holds(1)).isFalse();
    assertThat(other.holds(FREE + 10)).isTrue();
    assertThat(other.holds(FREE + 11)).isFalse();
  }

  @Test
  void the_longest_request_has_room_in_any_heap() {
    RequestMemory ofHeap = RequestMemory.ofHeap();

    assertThat(ofHeap.share().holds(TurnRequest.MAX_BYTES)).isTrue();
    assertThat(ofHeap.share().holds(TurnRequest.MAX_BYTES)).isTrue();
    assertThat(ofHeap.share().holds(Runtime.getRuntime().maxMemory())).isFalse();
  }
}
