package dev.culvert.thread;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a part of a deployment, step by step: each step is taken whatever became of those
 * before it, since what one of them leaves behind stays in the server for good. The steps are
 * stated at the beginning, because a class loader that has been stopped links no lambda. For one
 * thread at a time.
 */
public final class Ending implements Runnable {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private record Step(String name, Runnable action) {}

  private final List<Step> steps = new ArrayList<>();

  /** Without steps yet. */
  public Ending() {}

  /**
   * Adds a step after the others.
   *
   * @param name for the log
   */
  public Ending step(String name, Runnable action) {
    steps.add(new Step(name, action));
    return this;
  }

  /** Takes all steps; a fault is logged. */
  @Override
  public void run() {
    for (Step step : steps) {
      try {
        step.action().run();
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "CULVERT-G019 a step of the end failed: " + step.name(), e);
      }
    }
  }
}
