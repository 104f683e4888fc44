package dev.culvert.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock that goes on when it is told to, and the timer that goes by it. */
public final class TestTimer implements Timer {

  private record Task(long due, Runnable action) {}

  private final List<Task> tasks = new ArrayList<>();
  private long now = -5_000_000_000L; // as System.nanoTime may be

  /** As {@link System#nanoTime}. */
  public long nanos() {
    return now;
  }

  /** How many tasks wait. */
  public int size() {
    return tasks.size();
  }

  @Override
  public Runnable after(Duration delay, Runnable task) {
    Task added = new Task(now + delay.toNanos(), task);
    tasks.add(added);
    return () -> tasks.remove(added);
  }

  /** Lets time pass, and what is due meanwhile happen at its time. */
  public void pass(Duration time) {
    long end = now + time.toNanos();
    Optional<Task> next = next(end);
    while (next.isPresent()) {
      tasks.remove(next.get());
      now = next.get().due();
      next.get().action().run();
      next = next(end);
    }
    now = end;
  }

  private Optional<Task> next(long end) {
    return tasks.stream()
        .filter(task -> task.due() <= end)
        .min(Comparator.comparingLong(Task::due));
  }
}
