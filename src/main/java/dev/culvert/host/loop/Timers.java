package dev.culvert.host.loop;

import java.util.Arrays;

/**
 * A binary heap of timers in which each timer knows its place, so that a stream that ends takes its
 * timer out at once. Not safe for use by several threads.
 */
final class Timers {

  private Timer[] heap = new Timer[64];
  private int size;

  /** Arms the timer, or moves it when it is armed already. */
  void arm(Timer timer, long deadline) {
    if (timer.index < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      timer.index = size++;
      heap[timer.index] = timer;
    }
    timer.deadline = deadline;
    siftDown(siftUp(timer.index));
  }

  /** Disarms the timer; does nothing when it is not armed. */
  void cancel(Timer timer) {
    int hole = timer.index;
    if (hole < 0) {
      return;
    }
    timer.index = -1;
    Timer last = heap[--size];
    heap[size] = null;
    if (last != timer) {
      place(last, hole);
      siftDown(siftUp(hole));
    }
  }

  /** Nanoseconds until the first deadline, 0 when it has passed, -1 without timers. */
  long nanosToNext(long now) {
    return size == 0 ? -1 : Math.max(0, heap[0].deadline - now);
  }

  /** Takes out and returns the first timer whose deadline has passed, or null. */
  Timer poll(long now) {
    if (size == 0 || heap[0].deadline - now > 0) {
      return null;
    }
    Timer first = heap[0];
    cancel(first);
    return first;
  }

  int size() {
    return size;
  }

  private int siftUp(int start) {
    int at = start;
    Timer timer = heap[at];
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent].deadline - timer.deadline <= 0) {
        break;
      }
      place(heap[parent], at);
      at = parent;
    }
    place(timer, at);
    return at;
  }

  private void siftDown(int start) {
    int at = start;
    Timer timer = heap[at];
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && heap[child + 1].deadline - heap[child].deadline < 0) {
        child++;
      }
      if (timer.deadline - heap[child].deadline <= 0) {
        break;
      }
      place(heap[child], at);
      at = child;
    }
    place(timer, at);
  }

  private void place(Timer timer, int at) {
    heap[at] = timer;
    timer.index = at;
  }
}
