package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.turn.UnderWay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a deployment has under way when it ends. */
class TurnsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Turns turns = new Turns(LONG, LONG);
  private final List<String> told = new CopyOnWriteArrayList<>();

  private final class Told implements UnderWay {

    @Override
    public void refuseNew() {
      told.add("refuse");
    }

    @Override
    public void drain() {
      told.add("drain");
      turns.leave(this);
    }

    @Override
    public void cutOff(String detail) {
      told.add("cut off");
    }

    @Override
    public int turns() {
      return 1;
    }
  }

  @Test
  void noneTakesAnythingNewOnceAClientLearnsOfTheEnd() {
    for (int i = 0; i < 3; i++) {
      assertThat(turns.enter(new Told())).isTrue();
    }

    turns.close();

    assertThat(told).containsExactly("refuse", "refuse", "refuse", "drain", "drain", "drain");
    assertThat(turns.enter(new Told())).as("entered after the end").isFalse();
  }
}
