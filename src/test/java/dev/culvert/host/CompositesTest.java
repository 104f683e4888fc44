package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamView;
import java.util.List;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.SimpleType;
import org.junit.jupiter.api.Test;

class CompositesTest {

  public record Simple(String name, int small, long large, boolean flag) {}

  @Test
  void aRecordBecomesCompositeData() {
    CompositeData[] data = Composites.of(Simple.class, List.of(new Simple("a", 1, 2L, true)));

    assertThat(data).hasSize(1);
    assertThat(data[0].getCompositeType().keySet())
        .containsExactlyInAnyOrder("name", "small", "large", "flag");
    assertThat(data[0].getCompositeType().getType("large")).isEqualTo(SimpleType.LONG);
    assertThat(data[0].getAll(new String[] {"name", "small", "large", "flag"}))
        .containsExactly("a", 1, 2L, true);
  }

  @Test
  void streamsCanBeShown() {
    StreamView view =
        new StreamView(
            "id", "app", "route", "up", "up:1", "user", "client", "open", true, false, true, 1L, 2L,
            3L, 4L, 5L, 6L, 7L);

    CompositeData[] data = Composites.of(StreamView.class, List.of(view));

    assertThat(data[0].get("bytesToUpstream")).isEqualTo(2L);
    assertThat(data[0].get("orphaned")).isEqualTo(true);
  }

  @Test
  void noRecordsAreNoData() {
    assertThat(Composites.of(Simple.class, List.of())).isEmpty();
  }
}
