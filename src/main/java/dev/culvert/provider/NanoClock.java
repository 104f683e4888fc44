package dev.culvert.provider;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A source of nanoseconds as a clock: steps of the wall clock open and close no circuit. */
final class NanoClock extends Clock {

  private final LongSupplier nanos;
  private final long origin;

  NanoClock(LongSupplier nanos) {
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plus(Duration.ofNanos(nanos.getAsLong() - origin));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
