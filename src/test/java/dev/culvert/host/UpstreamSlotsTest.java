package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.SlotSpec;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What the host keeps of the slots of a deployment. */
class UpstreamSlotsTest {

  private static final class Receiver implements BiConsumer<String, Object> {
    @Override
    public void accept(String event, Object value) {}
  }

  @Test
  void ofASlotThatCannotBeAskedForNothingStays() {
    LongSupplier broken =
        () -> {
          throw new InternalError("no");
        };
    try (SlotRig rig = new SlotRig(broken)) {
      WeakReference<Receiver> receiver = receiverOfAFailure(rig);

      await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(receiver.get()).isNull();
              });
    }
  }

  private static WeakReference<Receiver> receiverOfAFailure(SlotRig rig) {
    Receiver receiver = new Receiver();
    long deployment = rig.deploy();
    assertThatThrownBy(() -> rig.slots().acquire(deployment, Fields.of(spec()), receiver))
        .isInstanceOf(InternalError.class);
    return new WeakReference<>(receiver);
  }

  private static SlotSpec spec() {
    return new SlotSpec(
        SlotSpec.CONVERSATION,
        "",
        "alice",
        "acme",
        "c",
        "",
        "",
        "",
        "ws://upstream/",
        List.of(),
        null,
        null);
  }
}
