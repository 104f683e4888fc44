package dev.culvert.turn;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A fresh slot without headers, whose upstream may take a minute. */
public abstract class StubSlot implements Slots.Slot {

  public static final Duration RESPONSE_START = Duration.ofMinutes(1);

  @Override
  public String decision() {
    return "new:1";
  }

  @Override
  public String socket() {
    return "1";
  }

  @Override
  public boolean reused() {
    return false;
  }

  @Override
  public Map<String, List<String>> upgradeHeaders() {
    return Map.of();
  }

  @Override
  public Duration responseStart() {
    return RESPONSE_START;
  }
}
