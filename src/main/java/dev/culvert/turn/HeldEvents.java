package dev.culvert.turn;

import java.util.ArrayList;
import java.util.List;

/** What an upstream has said before anything visible. For one thread at a time. */
final class HeldEvents {

  /** Characters; as many as three events may have: some have all of the request in them. */
  static final int MOST = 3 * (16 << 20);

  private final List<Event> events = new ArrayList<>();
  private long characters;

  void add(Event event) {
    events.add(event);
    characters += event.text().length();
  }

  /** Whether an upstream fills the heap with what nobody gets to see. */
  boolean isTooMuch() {
    return characters > MOST;
  }

  /** All that was added since the last call, in its order. */
  List<Event> takeAll() {
    List<Event> all = List.copyOf(events);
    events.clear();
    characters = 0;
    return all;
  }
}
